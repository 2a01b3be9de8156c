"""When the warehouse is asked what is stored, and what is concluded."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from sendtrail.domain.campaign import Campaign
from sendtrail.domain.campaign_report import Report
from sendtrail.domain.stored_counts import CountsOfAccounts, StoredCounts
from sendtrail.errors import Rejected, SettingsError, Unavailable
from sendtrail.sync.due import Policy, Request
from sendtrail.sync.evidence.complete_reports import complete_reports
from sendtrail.sync.evidence.shared_counts import SharedCounts
from sendtrail.sync.sync_record import SyncRecord
from sendtrail.warehouse.rows import Table
from tests.contracts.samples import SPRING, activities, opened
from tests.fakes import NOON, MemoryWarehouse
from tests.pipeline_harness import PipelineHarness
from tests.sync.checkpoints import DAY, HOUR, a_checkpoint, a_sync

BEFORE = {"send_amt": 100, "opens": 9, "uniqueopens": 5}
CHANGED = replace(SPRING, counters={**BEFORE, "opens": 10})
READ_A_DAY_AGO = {Report.OPENS: NOON - DAY}
RECORD = a_sync(counters=BEFORE, watermarks=READ_A_DAY_AGO, deep_watermarks=READ_A_DAY_AGO)


class Counted(MemoryWarehouse):
    """A warehouse in which so much is stored; it keeps from when on it was asked."""

    def __init__(self, rows: int, times: int) -> None:
        super().__init__()
        self._found, self.asked = StoredCounts(rows=rows, times=times), list[date]()

    def stored_counts(self, *, since: date) -> CountsOfAccounts:
        """Return it."""
        self.asked.append(since)
        return {"acme": {(SPRING.campaign_id, "open"): self._found}}


class Refusing(MemoryWarehouse):
    """A warehouse that may not be asked, or whose answer fails."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def stored_counts(self, *, since: date) -> CountsOfAccounts:  # noqa: ARG002
        """Refuse."""
        raise self._error


def found(warehouse: MemoryWarehouse, campaign: Campaign, record: SyncRecord) -> Mapping[int, tuple[Report, ...]]:
    """Return the reports that are complete of a campaign, at noon."""
    return complete_reports(
        [campaign],
        request=Request(organization_id="acme", run_id="run"),
        checkpoints={campaign.campaign_id: a_checkpoint(record)},
        policy=Policy(),
        services=PipelineHarness().services_with(warehouse),
    )


@pytest.mark.parametrize(("times", "reports"), [(9, (Report.OPENS,)), (8, ())])
def test_a_report_is_complete_whose_rows_and_repeats_are_those_that_were_counted(
    times: int, reports: tuple[Report, ...]
) -> None:
    """The partitions since the campaign was sent are asked, with a margin for clocks."""
    warehouse = Counted(rows=5, times=times)

    assert found(warehouse, CHANGED, RECORD).get(SPRING.campaign_id, ()) == reports
    assert warehouse.asked == [(NOON - 5 * DAY).date()]


@pytest.mark.parametrize(
    ("campaign", "record"),
    [
        (replace(SPRING, counters=BEFORE), RECORD),  # nothing changed
        (CHANGED, replace(RECORD, deep_watermarks={Report.OPENS: NOON - HOUR})),  # read as a whole an hour ago
        (replace(CHANGED, sent_at=NOON - timedelta(days=31)), RECORD),  # too many partitions
        (replace(CHANGED, sent_at=None), RECORD),
    ],
)
def test_the_warehouse_is_asked_only_where_it_matters(campaign: Campaign, record: SyncRecord) -> None:
    """BigQuery bills each question."""
    warehouse = Counted(rows=5, times=9)

    assert found(warehouse, campaign, record) == {}
    assert warehouse.asked == []


@pytest.mark.parametrize(
    "error",
    [Rejected("no permission"), SettingsError(["the query fails"]), Unavailable("no answer"), OverflowError("a sum")],
)
def test_a_warehouse_that_cannot_be_asked_spares_nothing(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """More is read than necessary, and nothing is lost: whatever is wrong, no account may stop for it."""
    assert found(Refusing(error), CHANGED, RECORD) == {}
    assert str(error) in caplog.text


def test_accounts_that_are_dispatched_together_are_counted_once() -> None:
    """From the earliest day that any of them may need, unless one needs an earlier one."""
    warehouse, first_date = Counted(rows=5, times=9), (NOON - 32 * DAY).date()
    shared = SharedCounts(inner=warehouse, first_date=first_date)

    counts = [shared.stored_counts(since=(NOON - days * DAY).date()) for days in (5, 9, 32, 40)]

    assert warehouse.asked == [first_date, (NOON - 40 * DAY).date()]
    assert counts == [warehouse.stored_counts(since=first_date)] * 4


def test_a_count_that_fails_is_made_again_for_the_next_account() -> None:
    """What went wrong may have passed."""
    shared = SharedCounts(inner=Refusing(Unavailable("later")), first_date=NOON.date())

    for _ in range(2):
        with pytest.raises(Unavailable):
            shared.stored_counts(since=NOON.date())


def test_what_is_shared_is_a_warehouse_in_all_else() -> None:
    """What is merged goes into it."""
    warehouse = MemoryWarehouse()

    changed = SharedCounts(inner=warehouse, first_date=NOON.date()).merge(activities(opened()))

    assert (changed, len(warehouse.rows(Table.EMAIL_ACTIVITIES))) == (1, 1)
