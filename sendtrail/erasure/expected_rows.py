"""Rows that were erased are not missing: what is expected to be stored becomes less by them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sendtrail.ports import State, Transaction
from sendtrail.state.documents import read_known, to_document
from sendtrail.state.stored_rows import TABLE_PATH, CountedTable, read_baseline, write_baseline

EARLIEST = date(1970, 1, 1)


def counted_since(state: State) -> date:
    """Return the first day whose rows were counted."""
    counted = state.transact(lambda transaction: read_known(transaction, TABLE_PATH, CountedTable))
    return EARLIEST if counted is None else counted.first_date


def expect_fewer_rows(state: State, organization_id: str, fewer: Mapping[int, int]) -> None:
    """Expect fewer rows of campaigns than were counted and merged; where they were never counted, nobody expects any.

    Rows that were merged after the count are taken from it, too, so it may become negative. Done twice, it is too low,
    which accuses nobody of a loss until the next count.
    """

    def work(transaction: Transaction) -> None:
        counted = read_known(transaction, TABLE_PATH, CountedTable)
        baseline = read_baseline(transaction, organization_id)
        if counted is None or baseline is None:
            return
        lower = {
            number: (baseline.get(number, (0, 0))[0] - rows, baseline.get(number, (0, 0))[1])
            for number, rows in fewer.items()
        }
        write_baseline(transaction, organization_id, {**baseline, **lower})
        transaction.set(TABLE_PATH, to_document(replace(counted, rows=counted.rows - sum(fewer.values()))))

    if any(fewer.values()):
        state.transact(work)
