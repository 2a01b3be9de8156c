"""A run that is over is a row of the warehouse, with what it took; the next one writes it where many did its work."""

import logging
from datetime import timedelta

import pytest

from sendtrail.delivery.usage_meter import add_response, add_usage, metered, take_usage
from sendtrail.errors import Rejected
from sendtrail.ports import LeaseCheck, no_lease
from sendtrail.state.account_status import AccountStatus
from sendtrail.state.run_usage import NO_USAGE, RunUsage
from sendtrail.sync.forecast import Forecast
from sendtrail.sync.runs.record_run import record_run_before
from sendtrail.sync.runs.run_row import EndedRun, figures_of_status, run_row
from sendtrail.sync.runs.stored_run import Summary
from sendtrail.warehouse.rows import Batch, Table
from tests.fakes import NOON, MemoryWarehouse
from tests.pipeline_harness import PipelineHarness

MINUTE = timedelta(minutes=1)
USED = RunUsage(
    requests=40, throttled_requests=2, retries=3, activities_read=90, activities_new=80, unreadable_rows=1,
    bytes_billed=20 * 2**20,
)  # fmt: skip
STATUS = AccountStatus(run_id="run1", last_run=NOON, campaigns_total=3, campaigns_completed=2, usage=USED)


def ended(status: AccountStatus) -> EndedRun:
    """Return a run of an account of 250 campaigns, 3 of them due, as its status counts it."""
    summary = Summary(
        run_id="run1", organization_id="acme", campaigns=250, due=3, published=3, forecast=Forecast(requests=35)
    )
    left = max(status.campaigns_left, 0)
    figures = figures_of_status(status)
    return EndedRun(
        run_id="run1", organization_id="acme", began_at=NOON, summary=summary, figures=figures, unfinished=left
    )


@pytest.mark.parametrize(
    ("status", "outcome", "unfinished"),
    [
        ({"campaigns_completed": 3, "ended_at": NOON + MINUTE}, "complete", 0),
        ({"campaigns_failed": 1, "ended_at": NOON + MINUTE}, "incomplete", 0),
        ({}, "interrupted", 1),
    ],
)
def test_a_row_says_how_the_run_ended_and_what_it_took(
    status: dict[str, object], outcome: str, unfinished: int
) -> None:
    """Its requests beside those that were expected; an interrupted one has no end."""
    given = {
        "run_id": "run1", "last_run": NOON, "campaigns_total": 3, "campaigns_completed": 2, "usage": USED, **status
    }  # fmt: skip
    row = run_row(ended(AccountStatus(**given)), now=NOON)  # type: ignore[arg-type]

    assert (row.outcome, row.unfinished, row.ended_at) == (outcome, unfinished, status.get("ended_at"))
    assert (row.due, row.campaigns, row.requests, row.forecast_requests) == (3, 250, 40, 38)
    assert (row.throttled_requests, row.retries, row.activities_new, row.unreadable_rows) == (2, 3, 80, 1)
    assert row.bytes_billed == 20 * 2**20


def test_usage_counts_in_each_block_around() -> None:
    """What was taken is not taken again, and outside of a block nothing is counted."""
    add_response(200)
    with metered() as whole:
        with metered() as part:
            add_response(429)
            first, again = take_usage(), part.take()
        add_usage(RunUsage(retries=1))
        all_of_it = whole.take()

    assert (take_usage(), again) == (NO_USAGE, NO_USAGE)
    assert first == RunUsage(requests=1, throttled_requests=1)
    assert all_of_it == RunUsage(requests=1, throttled_requests=1, retries=1)


class RefusingRuns(MemoryWarehouse):
    """A warehouse without the table of runs."""

    def merge(self, batch: Batch, /, *, check_lease: LeaseCheck = no_lease) -> int:
        """Merge a batch of any other table."""
        if batch.table is Table.RUNS:
            raise Rejected("there is no such table")
        return super().merge(batch, check_lease=check_lease)


def test_a_table_that_is_not_there_costs_the_line_alone(caplog: pytest.LogCaptureFixture) -> None:
    """No run fails for its history, and it is said."""
    line = PipelineHarness()
    services = line.services_with(RefusingRuns())

    with caplog.at_level(logging.WARNING):
        record_run_before(STATUS, "acme", run_id="run2", services=services)

    assert ["is not in the table runs" in each for each in caplog.messages] == [True]
