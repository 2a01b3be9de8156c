"""The warehouse of a fleet: the statements of the BigQuery adapter, counted and billed, without the rows."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from benchmarks.fleet.account import CONTACTS_A_PAGE, ROWS_A_PAGE, Shape
from benchmarks.fleet.bigquery import BigQuery, as_activities
from benchmarks.fleet.clock import MIDNIGHT
from sendtrail.domain.contact import PassCounts
from sendtrail.domain.stored_counts import CountsOfReports, by_report
from sendtrail.domain.timestamp_meaning import TimestampEvidence
from sendtrail.ports import LeaseCheck, no_lease
from sendtrail.pricing import bigquery_bytes as size
from sendtrail.sync.pairing.row_counts import RowCount, TableLook
from sendtrail.warehouse.merge_bounds import days_of, spans_of
from sendtrail.warehouse.rows import Batch, ContactRow, Table, activity_rows

EXPIRY, HISTORY = timedelta(days=730), timedelta(days=365)
ROW_BYTES = {Table.CAMPAIGNS: size.CAMPAIGN_BYTES, Table.MESSAGES: size.MESSAGE_BYTES, Table.RUNS: size.RUN_KEY_BYTES}
_NUMBERED_BY = 7


@dataclass(kw_only=True)
class FleetWarehouse:
    """Satisfies Warehouse and StoredActivities for all accounts of a fleet."""

    bigquery: BigQuery
    shape: Shape
    accounts: int
    seconds_left: Callable[[], float]

    def merge(self, batch: Batch, /, *, check_lease: LeaseCheck = no_lease) -> int:
        """Load and merge a batch; return the rows inserted or changed."""
        if not batch.rows:
            return 0
        check_lease()
        self.bigquery.load()
        check_lease()
        if batch.table is Table.EMAIL_ACTIVITIES:
            return self._merge_activities(batch)
        if batch.table is Table.CONTACTS:
            return self._merge_contacts(batch)
        staged = len(batch.rows) * ROW_BYTES[batch.table]
        stored = self.accounts * self.shape.campaigns * ROW_BYTES[batch.table]
        self._change(f"{batch.table}/merge", batch.table, [2 * stored, staged])
        return len(batch.rows)

    def pass_counts(self, organization_id: str, *, pass_id: str, started_at: datetime) -> PassCounts:  # noqa: ARG002 - the port's
        """Return that a pass saw every contact."""
        self.bigquery.query("contacts/pass_counts", [self._of_contacts(70), self._of_contacts(size.SEEN_BYTES)])
        seen = len(self.bigquery.seen[organization_id, pass_id])
        return PassCounts(known=seen, unseen=0, seen=seen)

    def mark_vanished(
        self, organization_id: str, *, pass_id: str, seen: int, at: datetime, check_lease: LeaseCheck = no_lease
    ) -> int:  # fmt: skip
        """Mark no contact."""
        del organization_id, pass_id, seen, at
        check_lease()
        read = [self._of_contacts(70 + size.CONTACT_BYTES), self._of_contacts(size.SEEN_BYTES)]
        self._change("contacts/mark_vanished", Table.CONTACTS, read)
        self._change("contacts/forget_other_passes", "contacts_seen", [2 * self._of_contacts(size.SEEN_BYTES)])
        return 0

    def forget_pass(self, organization_id: str, *, pass_id: str, check_lease: LeaseCheck = no_lease) -> None:
        """Forget a pass."""
        check_lease()
        self.bigquery.seen.pop((organization_id, pass_id), None)
        self._change("contacts/forget_pass", "contacts_seen", [2 * self._of_contacts(size.SEEN_BYTES)])

    def timestamp_evidence(self, organization_id: str, *, since: date) -> Mapping[str, TimestampEvidence]:
        """Return that rows move, as ActiveCampaign documents it."""
        read = as_activities(self.bigquery.stored(organization_id, since=since)) * size.EVIDENCE_BYTES
        self.bigquery.query("email_activities/timestamp_evidence", [read])
        return dict.fromkeys(("open", "click"), TimestampEvidence(moved=1_000))

    def stored_counts(self, organization_id: str, *, since: date) -> CountsOfReports:
        """Return how many rows of each report are stored."""
        first = max(since, (MIDNIGHT - HISTORY).date())
        read = as_activities(self.bigquery.stored(organization_id, since=first)) * size.COUNT_BYTES
        self.bigquery.query("email_activities/stored_counts", [read, 0])
        stored = self.bigquery.rows[organization_id]
        return by_report((number, event_type, rows, rows) for (number, event_type), rows in stored.items())

    def look(self) -> TableLook:
        """Return that the table is as it was."""
        return TableLook(identity="fleet", rows=10**12, expiry=EXPIRY)

    def counts(self, *, since: date, lasting_since: date) -> Mapping[str, Mapping[int, RowCount]]:  # noqa: ARG002 - the port's
        """Return the rows of every campaign, of which none are lost."""
        rows = sum(self.bigquery.stored(each, since=(MIDNIGHT - HISTORY).date()) for each in self.bigquery.rows)
        self.bigquery.query("email_activities/stored_rows", [as_activities(rows) * size.STORED_ROW_BYTES])
        return {organization_id: _by_campaign(stored) for organization_id, stored in self.bigquery.rows.items()}

    def _merge_activities(self, batch: Batch) -> int:
        organization_id, staged = batch.item.organization_id, len(batch.rows) * ROWS_A_PAGE * size.ACTIVITY_BYTES
        for first, last in spans_of(days_of(batch)):
            read = as_activities(self.bigquery.stored_between(organization_id, first, last)) * size.KEY_BYTES
            self._change("email_activities/merge", Table.EMAIL_ACTIVITIES, [read, staged])
        numbered: dict[tuple[int, str], list[tuple[int, date]]] = defaultdict(list)
        for row in activity_rows(batch):
            number = (int(row["contact_id"] or 0) - row["campaign_id"]) // _NUMBERED_BY
            numbered[row["campaign_id"], row["event_type"]].append((number, row["activity_date"]))
        return self.bigquery.add(organization_id, numbered)

    def _merge_contacts(self, batch: Batch) -> int:
        contacts = cast("Sequence[ContactRow]", batch.rows)
        staged = len(contacts) * CONTACTS_A_PAGE * size.CONTACT_BYTES
        self._change("contacts/merge", Table.CONTACTS, [self._of_contacts(70 + size.CONTACT_BYTES), staged])
        self._change("contacts/record_seen", "contacts_seen", [self._of_contacts(size.SEEN_BYTES), staged])
        self.bigquery.seen[batch.item.organization_id, batch.pass_id].update(row.contact_id for row in contacts)
        return 0

    def _of_contacts(self, bytes_each: int) -> float:
        return float(self.accounts * self.shape.contacts * bytes_each)

    def _change(self, path: str, table: str, read: list[float]) -> None:
        self.bigquery.change(path, table, read, seconds_left=self.seconds_left)


def _by_campaign(stored: Mapping[tuple[int, str], int]) -> Mapping[int, RowCount]:
    rows = Counter[int]()
    for (campaign_id, _), number in stored.items():
        rows[campaign_id] += number
    return {campaign_id: RowCount(stored=number, lasting=number) for campaign_id, number in rows.items()}
