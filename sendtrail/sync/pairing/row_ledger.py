"""Records in the state how many rows each merge has added: the revision that the warehouse has to have reached.

A worker that dies between a merge and its record leaves the record too low, which accuses nobody of a loss.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sendtrail.clock import Clock
from sendtrail.ports import State, Transaction
from sendtrail.state.documents import read_known, to_document
from sendtrail.state.stored_rows import TABLE_PATH, CountedTable, MergedRows, merged_path
from sendtrail.warehouse.rows import Batch, Table, activity_rows
from sendtrail.warehouse.tables import definition

# No row younger than this much less than the expiry of its partition vanishes before the next count.
MARGIN = timedelta(days=15)
EARLIEST = date(1970, 1, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class RowLedger:
    """Counts the activities that were merged, by organization and campaign."""

    state: State
    clock: Clock

    def record(self, batch: Batch, changed: int) -> None:
        """Record that a batch has added so many rows, all of which are in the warehouse by now."""
        if batch.table is not Table.EMAIL_ACTIVITIES or changed <= 0:
            return
        self.state.transact(lambda transaction: self._add(transaction, batch, changed))

    def _add(self, transaction: Transaction, batch: Batch, changed: int) -> None:
        counted = read_known(transaction, TABLE_PATH, CountedTable)
        floor = lasting_date(self.clock.now(), defined_expiry()) if counted is None else counted.first_date
        old = 0 if floor <= EARLIEST else sum(row["activity_date"] < floor for row in activity_rows(batch))
        organization_id, subject = batch.item.organization_id, batch.item.subject
        for path in (merged_path(organization_id), merged_path(organization_id, subject)):
            before = read_known(transaction, path, MergedRows) or MergedRows()
            rows = before.rows + max(0, changed - old)  # which of them were new is not known: the fewest
            transaction.set(path, to_document(replace(before, rows=rows, revision=before.revision + 1)))


def lasting_date(now: datetime, expiry: timedelta | None) -> date:
    """Return the first day whose rows no partition's expiry takes away before the next count."""
    return EARLIEST if expiry is None else max(EARLIEST, (now - expiry + MARGIN).date())


def defined_expiry() -> timedelta | None:
    """Return after how long a partition of activities expires, as the table is defined."""
    milliseconds = definition(Table.EMAIL_ACTIVITIES).resource["timePartitioning"].get("expirationMs")
    return timedelta(milliseconds=int(milliseconds)) if milliseconds else None
