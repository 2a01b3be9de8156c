"""Rows of the warehouse's tables: one type per table, its fields in the order of the columns.

What the account does not say is None in a row, never "".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypedDict, cast

import orjson

from sendtrail.domain.work_item import WorkItem


class Table(StrEnum):
    """A table that rows are merged into; its definition and its MERGE are in `sql/<name>/`."""

    EMAIL_ACTIVITIES = "email_activities"
    CONTACTS = "contacts"
    CAMPAIGNS = "campaigns"
    MESSAGES = "messages"
    CONVERSIONS = "conversions"
    USERS = "users"
    ATTRIBUTION_SETTINGS = "attribution_settings"
    UNREADABLE_ROWS = "unreadable_rows"
    ERASED_ROWS = "erased_rows"
    RUNS = "runs"


class ActivityRow(TypedDict):
    """A row of `email_activities`: one observation.

    There are millions of them, so it is the dictionary that it is written from: a frozen dataclass takes five times as
    long to make, and twice as long to write.
    """

    organization_id: str
    activity_id: str
    campaign_id: int
    campaign_name: str
    message_id: str | None
    contact_id: str | None
    contact_email: str | None
    event_type: str
    activity_timestamp: datetime
    activity_date: date
    times: int
    link_id: str | None
    link_url: str | None
    detail: Mapping[str, str] | None
    source_timestamp: str
    run_id: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ListStatus:
    """An entry of `contacts.list_statuses`."""

    list: str
    status: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactRow:
    """A row of `contacts`: one contact as last seen; `row_hash` covers everything that the account provides."""

    organization_id: str
    contact_id: str
    email: str | None
    first_name: str | None
    last_name: str | None
    phone: str | None
    created_date: datetime | None
    updated_date: datetime | None
    tags: tuple[str, ...]
    lists: tuple[str, ...]
    status: str
    list_statuses: tuple[ListStatus, ...]
    deleted_at: datetime | None
    row_hash: str
    created_at: datetime
    updated_at: datetime
    mpp_tracking: bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ConversionRow:
    """A row of `conversions`: one conversion as last loaded; `row_hash` covers everything that its owner provides."""

    organization_id: str
    conversion_id: str
    user_id: str | None
    email: str | None
    converted_at: datetime
    value: Decimal | None
    currency: str | None
    kind: str | None
    row_hash: str
    created_at: datetime
    updated_at: datetime
    refund_of: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class UserRow:
    """A row of `users`: one claim that a user is a contact."""

    organization_id: str
    user_id: str
    contact_id: str | None
    email: str | None
    valid_from: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingRow:
    """A row of `attribution_settings`: one setting as it was last chosen."""

    organization_id: str
    name: str
    value: str
    row_hash: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class UnreadableReportRow:
    """A row of `unreadable_rows`: a row of a report that could not be understood, as it came."""

    organization_id: str
    row_id: str
    campaign_id: int
    message_id: str | None
    report: str
    page: int
    reason: str
    raw: str
    run_id: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasedRow:
    """A row of `erased_rows`: that a report has a row of an erased person, and not whose."""

    organization_id: str
    row_id: str
    campaign_id: int
    event_type: str
    times: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageRow:
    """A row of `messages`: a campaign's message and its subject line, which `row_hash` covers."""

    organization_id: str
    campaign_id: int
    message_id: str
    subject: str | None
    row_hash: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRow:
    """A row of `runs`: one run of an account that is over."""

    organization_id: str
    run_id: str
    began_at: datetime
    ended_at: datetime | None
    outcome: str
    campaigns: int | None
    due: int | None
    failures: int
    unfinished: int
    forecast_requests: int | None
    requests: int
    contacts_requests: int
    throttled_requests: int
    retries: int
    activities_read: int
    activities_new: int
    unreadable_rows: int
    contacts_changed: int
    bytes_billed: int | None
    created_at: datetime


CampaignRow = Mapping[str, Any]
Row = (
    ActivityRow
    | ContactRow
    | CampaignRow
    | MessageRow
    | ConversionRow
    | UserRow
    | SettingRow
    | UnreadableReportRow
    | ErasedRow
    | RunRow
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Rows to merge into one table, and the work that read them.

    `number` counts the batches of a delivery. `delivery` is the token of the delivery that read the rows: a later
    delivery of the same message may read others, so it must never be taken for a retry of this one. `pass_id`
    (contacts) is the pass in which these contacts were seen, `also_seen` what stands for those that it saw and that are
    not stored.
    """

    table: Table
    item: WorkItem
    number: int
    rows: Sequence[Row]
    delivery: str
    pass_id: str = ""
    also_seen: tuple[str, ...] = ()

    @property
    def batch_id(self) -> str:
        """Return a name that is unique to this batch, and the same when the batch is retried."""
        item = self.item
        parts = (item.organization_id, item.run_id, item.subject, item.sequence, self.delivery, self.number)
        return "_".join(map(str, parts))


def activity_rows(batch: Batch) -> Sequence[ActivityRow]:
    """Return the rows of a batch of activities; none if it is for another table."""
    return cast("Sequence[ActivityRow]", batch.rows) if batch.table is Table.EMAIL_ACTIVITIES else ()


def to_json_lines(rows: Iterable[Row]) -> bytes:
    """Return rows as newline-delimited JSON."""
    return b"".join(orjson.dumps(row, default=exactly, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def to_json_array(rows: Sequence[Row]) -> str:
    """Return rows as a JSON array."""
    return orjson.dumps(rows, default=exactly).decode()


def exactly(value: object) -> str:
    """Return an exact number as text, which both warehouses load into NUMERIC without using a float."""
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"a row cannot hold a {type(value).__name__}")
