"""Rows and batches to merge: what a test does not name is the same everywhere."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sendtrail.domain.activity import Activity, EventType
from sendtrail.domain.campaign import Campaign, CampaignMessage
from sendtrail.domain.campaign_report import Report, UnreadableRow
from sendtrail.domain.contact import Contact, ListMembership
from sendtrail.domain.work_item import WorkItem
from sendtrail.sync.runs.run_figures import RunFigures
from sendtrail.sync.runs.run_row import EndedRun, run_batch
from sendtrail.warehouse.domain_rows import activity_row, campaign_row, contact_row, message_row, unreadable_row
from sendtrail.warehouse.rows import ActivityRow, Batch, CampaignRow, ContactRow, Row, Table
from tests.fakes import NOON

FIRST_PASS = "pass-1"
EARLIER, LATER = NOON - timedelta(hours=1), NOON + timedelta(hours=1)

OPEN = Activity(
    campaign_id=7,
    message_id="70",
    contact_id="1",
    contact_email="ann@example.com",
    event_type=EventType.OPEN,
    activity_timestamp=NOON - timedelta(days=2),
    source_timestamp="2025-05-30 07:00:00",
)
ANN = Contact(
    contact_id=1,
    email="ann@example.com",
    first_name="Ann",
    last_name="Ågren",
    phone="",
    created_at=NOON - timedelta(days=90),
    updated_at=None,
    deleted_at=None,
    tags=("vip", "søk"),
    lists=(ListMembership(list_name="News", status=1),),
)
SPRING = Campaign(
    campaign_id=7,
    name="Spring",
    type="single",
    status=5,
    automation_id="",
    series_id="",
    split=False,
    sent_at=NOON - timedelta(days=3),
    last_sent_at=None,
    created_at=None,
    modified_at=None,
    counters={"send_amt": 10, "opens": 4},
)


def opened(*, run_id: str = "run-1", organization_id: str = "acme", **changes: Any) -> ActivityRow:
    """Return the row of an activity: an open of Ann's but for the changes."""
    activity = replace(OPEN, **changes)
    return activity_row(activity, organization_id=organization_id, campaign_name="Spring", run_id=run_id, now=NOON)


def contact(*, at: datetime = NOON, organization_id: str = "acme", **changes: Any) -> ContactRow:
    """Return the row of a contact read at `at`: Ann but for the changes."""
    return contact_row(replace(ANN, **changes), organization_id=organization_id, now=at)


def campaign(*, at: datetime = NOON, organization_id: str = "acme", **changes: Any) -> CampaignRow:
    """Return the row of a campaign listed at `at`: "Spring" but for the changes."""
    return campaign_row(replace(SPRING, **changes), organization_id=organization_id, now=at)


def activities(*rows: Row, number: int = 0) -> Batch:
    """Return a batch of activities."""
    return _batch(Table.EMAIL_ACTIVITIES, rows, number=number)


def unreadable(*raws: str, reason: str = "no contact", now: datetime = NOON) -> Batch:
    """Return a batch of rows that could not be understood."""
    rows = [UnreadableRow(report=Report.OPENS, page=1, reason=reason, raw=raw) for raw in raws]
    stored = [
        unreadable_row(row, organization_id="acme", campaign_id=7, message_id="", run_id="run-1", now=now)
        for row in rows
    ]
    return _batch(Table.UNREADABLE_ROWS, stored)


def contacts(*rows: Row, pass_id: str = FIRST_PASS, organization_id: str = "acme") -> Batch:
    """Return a batch of contacts that the pass `pass_id` saw."""
    batch = _batch(Table.CONTACTS, rows)
    return replace(batch, item=replace(batch.item, organization_id=organization_id), pass_id=pass_id)


def campaigns(*rows: Row) -> Batch:
    """Return a batch of campaigns."""
    return _batch(Table.CAMPAIGNS, rows)


def subjects(*subjects: str, at: datetime = NOON) -> Batch:
    """Return a batch of messages of one campaign, numbered from 1, whose subject lines were read at a time."""
    messages = [CampaignMessage(message_id=str(n), counters={}, subject=each) for n, each in enumerate(subjects, 1)]
    return _batch(
        Table.MESSAGES, [message_row(each, organization_id="acme", campaign_id=7, now=at) for each in messages]
    )


def a_run(*, requests: int = 120, at: datetime = NOON) -> Batch:
    """Return a batch of one run that took so many requests, written at a time."""
    figures = RunFigures(
        ended_at=NOON, seconds=12.5, requests=requests, contacts_requests=10, refused=1, activities_read=900,
        activities_new=800, contacts_read=3, contacts_changed=2, unreadable_rows=0, failures=0, interrupted=False,
    )  # fmt: skip
    run = EndedRun(run_id="run1", organization_id="acme", began_at=NOON, summary=None, figures=figures)
    return run_batch(run, token="token", now=at)


def _batch(table: Table, rows: Sequence[Row], *, number: int = 0) -> Batch:
    return Batch(
        item=WorkItem(organization_id="acme", run_id="run-1", subject="7", sequence=1),
        table=table,
        number=number,
        delivery="token",
        rows=rows,
    )
