"""Documents of other versions: unknown fields are ignored, later fields may be missing, and what is broken is named."""

from typing import Any

import pytest

from sendtrail.delivery.checkpoint import Checkpoint, Lease, Status
from sendtrail.domain.campaign_report import Report
from sendtrail.domain.messages import Reason
from sendtrail.errors import BadDocument
from sendtrail.rate_limit.gcra import LimitState
from sendtrail.state.account_identity import AccountIdentity
from sendtrail.state.account_status import AccountStatus
from sendtrail.state.deleted_campaigns import DeletedCampaigns
from sendtrail.state.documents import from_document, to_document
from sendtrail.state.stored_rows import Baseline, CountedTable, LostRows, MergedRows
from sendtrail.sync.contacts import ContactsProgress, ContactsSynced
from sendtrail.sync.progress.campaign_progress import CampaignProgress, ReportRead
from sendtrail.sync.runs.stored_run import Run, Summary
from sendtrail.sync.sync_record import SyncRecord
from tests.fakes import NOON

RECORD = SyncRecord(
    since=NOON, watermarks={Report.OPENS: NOON}, counters={"opens": 1}, synced_at=NOON, audited_at=NOON, confirmed=True
)
VALUES: dict[str, Any] = {
    type(value).__name__: value
    for value in (
        RECORD,
        Checkpoint(
            run_id="r", sequence=3, status=Status.DONE, updated_at=NOON, lease=Lease(token="t", expires_at=NOON)
        ),
        AccountStatus(run_id="r", last_run=NOON, campaigns_total=3),
        Run(
            expires_at=NOON,
            leases={"acme": NOON},
            summaries={"acme": Summary(run_id="r", organization_id="acme", campaigns=1, due=1, published=1)},
        ),
        CampaignProgress(
            run_id="r",
            reason=Reason.NEW,
            started_at=NOON,
            since=NOON,
            counters={"opens": 1},
            units=[ReportRead(report=Report.OPENS, message_id="", since=NOON)],
        ),
        ContactsProgress(pass_id="p", started_at=NOON),
        ContactsSynced(pass_id="p", synced_at=NOON, vanished=0),
        LimitState(next_free=NOON),
        AccountIdentity(host="acme.api-us1.com", bound_at=NOON, witnesses={1: NOON}),
        MergedRows(rows=3, revision=1),
        CountedTable(identity="i", counted_at=NOON, floor=NOON, rows=3, merged={"acme": 3}),
        Baseline(campaigns={1: (3, 3)}),
        LostRows(campaigns={1: 1}),
        DeletedCampaigns(campaigns=[1, 2]),
    )
}
# The fields that the first version of each document had.
FIRST_FIELDS = {
    "SyncRecord": {"since", "watermarks", "counters", "synced_at", "audited_at", "confirmed"},
    "Checkpoint": {"run_id", "sequence", "status", "updated_at"},
    "AccountStatus": {"run_id", "last_run", "campaigns_total"},
    "Run": {"expires_at", "leases", "summaries"},
    "CampaignProgress": {"run_id", "reason", "started_at", "since", "counters", "units"},
    "ContactsProgress": {"pass_id", "started_at"},
    "ContactsSynced": {"pass_id", "synced_at", "vanished"},
    "LimitState": {"next_free"},
    "AccountIdentity": {"host", "bound_at"},
    "MergedRows": set[str](),
    "CountedTable": {"identity", "counted_at", "floor", "rows"},
    "Baseline": {"campaigns"},
    "LostRows": {"campaigns"},
    "DeletedCampaigns": set[str](),
}
EVERY_KIND = pytest.mark.parametrize("value", VALUES.values(), ids=list(VALUES))


def with_news(document: Any) -> Any:
    """Return a document as a later version writes it: with another field in each of its own mappings of fields."""
    return {**document, "added_later": {"of": "whatever kind"}}


@EVERY_KIND
def test_fields_of_a_later_version_are_ignored(value: Any) -> None:
    """During a roll-out the three functions read one another's documents."""
    document = to_document(value)

    assert from_document(type(value), with_news(document)) == from_document(type(value), document)


@EVERY_KIND
def test_fields_that_came_later_may_be_missing(value: Any) -> None:
    """A document that the first version wrote is read."""
    first = {name: each for name, each in to_document(value).items() if name in FIRST_FIELDS[type(value).__name__]}

    assert from_document(type(value), first) is not None


@pytest.mark.parametrize(
    ("kind", "field"),
    [("Checkpoint", "lease"), ("Run", "summaries"), ("CampaignProgress", "units"), ("CampaignProgress", "position")],
)
def test_fields_of_a_later_version_within_a_document_are_ignored(kind: str, field: str) -> None:
    """A lease, a summary, a report that is read: documents within documents."""
    value = VALUES[kind]
    document = to_document(value)
    inner = document[field]
    if field == "units":
        newer: Any = [with_news(each) for each in inner]
    elif field == "summaries":
        newer = {name: with_news(each) for name, each in inner.items()}
    else:
        newer = with_news(inner)

    assert from_document(type(value), {**document, field: newer}) == from_document(type(value), document)


@EVERY_KIND
def test_what_cannot_be_read_is_named(value: Any) -> None:
    """The kind of document and the field, in one sentence."""
    document = dict.fromkeys(to_document(value), object())

    with pytest.raises(BadDocument, match=type(value).__name__):
        from_document(type(value), document)
