"""A warehouse that records what BigQuery would bill for the batches merged into it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sendtrail.domain.contact import PassCounts
from sendtrail.domain.stored_counts import CountsOfReports, by_report
from sendtrail.domain.timestamp_meaning import TimestampEvidence
from sendtrail.ports import LeaseCheck, no_lease
from sendtrail.pricing.bigquery_bytes import KEY_BYTES, billed, logical_bytes
from sendtrail.warehouse.merge_bounds import Span, days_of, spans_of
from sendtrail.warehouse.rows import ActivityRow, Batch, Table, activity_rows


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """A merged batch: a load job, and a MERGE for each span of its days.

    Each reads all of the staging table, and its days (`read_bytes`) of the target.
    """

    table: Table
    rows: int
    new_rows: int
    partitions: int
    staged_bytes: int
    read_bytes: Sequence[int]

    @property
    def billed_bytes(self) -> int:
        """Return the bytes that its MERGEs are billed for."""
        return sum(billed([read, self.staged_bytes]) for read in self.read_bytes)


class RecordingWarehouse:
    """Implements the Warehouse port; at `since` it contains as many activities of each day as `before` says.

    `rows` is how many of them are of each campaign and event type.
    """

    def __init__(self, *, before: Counter[date], since: datetime, rows: Counter[tuple[int, str]] | None = None) -> None:
        self._stored, self._since, self._rows = before, since, rows or Counter()
        self._ids: set[str] = set()
        self.merged: list[Merged] = []

    def merge(self, batch: Batch, /, *, check_lease: LeaseCheck = no_lease) -> int:  # noqa: ARG002 - the port's
        """Record a batch and return how many of its rows are new."""
        activities = activity_rows(batch)
        spans = [_days(span) for span in spans_of(days_of(batch))] or [[]]
        read_bytes = [KEY_BYTES * sum(self._stored[day] for day in days) for days in spans]  # without the new ones
        new_rows = self._insert(activities)
        self.merged.append(
            Merged(
                table=batch.table,
                rows=len(batch.rows),
                new_rows=new_rows,
                partitions=sum(len(days) for days in spans),
                staged_bytes=logical_bytes(batch.rows, table=batch.table),
                read_bytes=read_bytes,
            )
        )
        return new_rows

    def pass_counts(self, organization_id: str, *, pass_id: str, started_at: datetime) -> PassCounts:  # noqa: ARG002 - the port's
        """Return that no contact is known: none are merged."""
        return PassCounts(known=0, unseen=0, seen=0)

    def mark_vanished(self, organization_id: str, **pass_: object) -> int:  # noqa: ARG002 - the port's
        """Mark no contact."""
        return 0

    def forget_pass(self, organization_id: str, **pass_: object) -> None:
        """Forget nothing."""

    def timestamp_evidence(self, organization_id: str, *, since: date) -> Mapping[str, TimestampEvidence]:  # noqa: ARG002 - the port's
        """Return that rows move: the account is one as ActiveCampaign documents it."""
        return dict.fromkeys(("open", "click"), TimestampEvidence(moved=1_000))

    def stored_counts(self, organization_id: str, *, since: date) -> CountsOfReports:  # noqa: ARG002 - the port's
        """Return how many rows of each report are stored."""
        return by_report((number, event_type, rows, rows) for (number, event_type), rows in self._rows.items())

    def _insert(self, activities: Sequence[ActivityRow]) -> int:
        new = {
            row["activity_id"]: row
            for row in activities
            if row["activity_timestamp"] >= self._since and row["activity_id"] not in self._ids
        }
        self._ids.update(new)
        self._stored.update(row["activity_date"] for row in new.values())
        self._rows.update((row["campaign_id"], row["event_type"]) for row in new.values())
        return len(new)


def _days(span: Span) -> list[date]:
    """Return every day from the first to the last: the MERGE's bounds on the partitions."""
    first, last = span
    return [first + timedelta(days=day) for day in range((last - first).days + 1)]
