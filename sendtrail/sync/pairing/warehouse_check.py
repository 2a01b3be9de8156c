"""Notices a table of activities that was swapped, emptied, restored or partly deleted, and has the rest read again.

Every run looks at the table's metadata, for nothing. Where that shows another table, or fewer rows than there have to
be, and once a week in any case, the rows of every campaign are counted and compared with those that were counted and
merged before. What is short is recorded in the state, and due until it was read again.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from sendtrail.clock import Clock
from sendtrail.domain.campaign_report import Report, is_empty
from sendtrail.errors import NewerSchema
from sendtrail.ports import Document, State, Transaction
from sendtrail.state.connections import COLLECTION
from sendtrail.state.documents import campaigns_path, read_known, to_document
from sendtrail.state.stored_rows import (
    MERGED,
    TABLE_PATH,
    CountedTable,
    merged_path,
    merged_rows,
    read_baseline,
    read_lost,
    write_baseline,
    write_lost,
)
from sendtrail.sync.pairing.lost_campaigns import found_at_by
from sendtrail.sync.pairing.row_counts import Merged, RowCount, StoredActivities, TableLook, missing_rows, next_baseline
from sendtrail.sync.pairing.row_ledger import lasting_date
from sendtrail.sync.sync_record import read_record
from sendtrail.warehouse.rows import Table
from sendtrail.warehouse.tables import definition

logger = logging.getLogger(__name__)

COUNTED_EVERY = timedelta(days=7)
# By then an audit has read the campaign again in any case.
LOSSES_ARE_KEPT = timedelta(days=90)


def check_stored_rows(
    stored: StoredActivities, *, state: State, clock: Clock, organizations: Iterable[str] = ()
) -> None:
    """Look at what is stored, and record the campaigns of which rows are missing.

    `organizations` are looked at besides those that have a connection or rows. Raise NewerSchema for a table that only
    a later version can write to.
    """
    for each in organizations:
        _believe_losses(each, state, now=clock.now())
        _expect_from_now_on(each, state)
    look, counted = stored.look(), state.transact(lambda transaction: read_known(transaction, TABLE_PATH, CountedTable))
    known = definition(Table.EMAIL_ACTIVITIES).schema_version
    if look.schema_version > known:
        raise NewerSchema(
            f"the tables are of schema version {look.schema_version}, and these functions write version {known}: "
            "deploy the functions of the release that made them"
        )
    why = reason_to_count(look, counted, merged_rows(state, MERGED), now=clock.now())
    if why is None:
        return
    logger.info("what is stored is counted: %s", why)
    _Count(stored, look=look, counted=counted, state=state, now=clock.now()).run(organizations)


def reason_to_count(
    look: TableLook, counted: CountedTable | None, merged: Mapping[str, int], *, now: datetime
) -> str | None:
    """Return why the table has to be counted, None if it need not be."""
    if counted is None:
        return "it never was before"
    if look.identity != counted.identity:
        return "this is another table than before"
    since = sum(max(0, rows - counted.merged.get(organization, 0)) for organization, rows in merged.items())
    if look.rows < counted.rows + since:
        return f"the number of rows is {look.rows}, and has to be {counted.rows + since}"
    if not timedelta() <= now - counted.counted_at < COUNTED_EVERY:
        return "the last time is long ago"
    return None


class _Count:
    """One count of all campaigns of all organizations, and its comparison with the last one."""

    def __init__(
        self, stored: StoredActivities, *, look: TableLook, counted: CountedTable | None, state: State, now: datetime
    ) -> None:
        self._stored, self._look, self._state, self._now = stored, look, state, now
        self._lasting = lasting_date(now, look.expiry)
        self._first = self._lasting
        if counted is not None and _is_there_still(counted.first_date, look, now):
            self._first, self._lasting = counted.first_date, max(counted.first_date, self._lasting)
        elif counted is not None:
            logger.warning("partitions have expired that were counted before: what is stored by now is taken for all")
        self._is_counted = counted is not None
        self._is_comparable = counted is not None and self._first == counted.first_date

    def run(self, besides: Iterable[str]) -> None:
        """Compare every organization, and store what was counted."""
        organizations = sorted({*_organizations(self._state), *besides})
        before = {each: _merged_campaigns(self._state, each) for each in organizations}
        counts = self._stored.counts(since=self._first, lasting_since=self._lasting)
        merged = merged_rows(self._state, MERGED)
        for each in organizations:
            self._compare(each, counts.get(each, {}), merged_before=before[each])
        counted = CountedTable(
            identity=self._look.identity,
            counted_at=self._now,
            floor=datetime.combine(self._lasting, time.min, tzinfo=UTC),
            rows=sum(count.lasting for rows in counts.values() for count in rows.values()),
            merged=merged,
        )
        self._state.transact(lambda transaction: transaction.set(TABLE_PATH, to_document(counted)))

    def _compare(self, organization_id: str, stored: Mapping[int, RowCount], *, merged_before: Merged) -> None:
        checkpoints = _checkpoints(organization_id, self._state)
        merged_after = _merged_campaigns(self._state, organization_id)
        if stored and not checkpoints:
            logger.warning(
                "the state knows no campaign of %s, though rows are stored: all are read anew", organization_id
            )

        def work(transaction: Transaction) -> Mapping[int, int]:
            baseline = read_baseline(transaction, organization_id)
            lost = read_lost(transaction, organization_id)
            if baseline is None:
                missing = {} if stored or self._is_counted else _synced_with_rows(checkpoints)
            else:
                missing = missing_rows(baseline, merged_before, stored) if self._is_comparable else {}
            following = next_baseline(
                baseline or {},
                stored,
                merged_before=merged_before,
                merged_after=merged_after,
                active=_active(checkpoints),
            )
            write_baseline(transaction, organization_id, following)
            if missing:
                found = found_at_by(missing, checkpoints, now=self._now)
                write_lost(transaction, organization_id, {**_recent(lost, self._now), **found})
            return missing

        missing = self._state.transact(work)
        if missing:
            message = "%d campaigns of %s have lost rows, %d in all: they are read again, as far back as before"
            logger.error(message, len(missing), organization_id, sum(missing.values()))


def _expect_from_now_on(organization_id: str, state: State) -> None:
    """Expect no rows of an account of which nothing was synced: from then on, those that are merged are."""

    def expect_nothing(transaction: Transaction) -> None:
        if read_baseline(transaction, organization_id) is None:
            write_baseline(transaction, organization_id, {})

    is_known = state.transact(lambda transaction: read_baseline(transaction, organization_id)) is not None
    if not is_known and not _checkpoints(organization_id, state):
        state.transact(expect_nothing)


def _believe_losses(organization_id: str, state: State, *, now: datetime) -> None:
    """Date losses that a wrong clock has found as of now: their campaigns would be read at each run until then."""

    def work(transaction: Transaction) -> None:
        lost = read_lost(transaction, organization_id)
        if any(found_at > now.timestamp() for found_at in lost.values()):
            found = found_at_by(lost, _checkpoints(organization_id, state), now=now)
            believed = {number: min(found_at, found[number]) for number, found_at in lost.items()}
            write_lost(transaction, organization_id, believed)

    state.transact(work)


def _organizations(state: State) -> Iterable[str]:
    connected = (name for name, _ in state.children(COLLECTION))
    return {*connected, *(name for name, _ in state.children(MERGED))}


def _merged_campaigns(state: State, organization_id: str) -> Merged:
    found = merged_rows(state, f"{merged_path(organization_id)}/campaigns")
    return {int(name): rows for name, rows in found.items() if name.isdecimal()}


def _is_there_still(first: date, look: TableLook, now: datetime) -> bool:
    return look.expiry is None or first > (now - look.expiry).date()


def _checkpoints(organization_id: str, state: State) -> Mapping[int, Document]:
    """Return the documents of an account's campaigns; what else is stored beside them is the dispatcher's to report."""
    found = state.children(campaigns_path(organization_id))
    return {int(name): each for name, each in found if name.isdecimal() and isinstance(each, Mapping)}


def _active(checkpoints: Mapping[int, Document]) -> Iterable[int]:
    return {number for number, document in checkpoints.items() if document.get("lease")}


def _synced_with_rows(checkpoints: Mapping[int, Document]) -> Mapping[int, int]:
    """Return the campaigns that were synced and have something to be stored: an earlier version counted no rows."""
    records = {number: read_record(each.get("synced")) for number, each in checkpoints.items()}
    return {
        number: 1
        for number, record in records.items()
        if record is not None and not all(is_empty(report, record.counters) for report in Report)
    }


def _recent(lost: Mapping[int, int], now: datetime) -> Mapping[int, int]:
    oldest = (now - LOSSES_ARE_KEPT).timestamp()
    return {number: at for number, at in lost.items() if at >= oldest}
