"""When the warehouse is asked what is stored, and what is concluded."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from sendtrail.domain.campaign import Campaign
from sendtrail.domain.campaign_report import Report
from sendtrail.domain.stored_counts import CountsOfReports, StoredCounts
from sendtrail.errors import Rejected, SettingsError, Unavailable
from sendtrail.sync.due import Policy, Request
from sendtrail.sync.evidence.complete_reports import complete_reports
from sendtrail.sync.sync_record import SyncRecord
from tests.contracts.samples import SPRING
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

    def stored_counts(self, organization_id: str, *, since: date) -> CountsOfReports:  # noqa: ARG002
        """Return it."""
        self.asked.append(since)
        return {(SPRING.campaign_id, "open"): self._found}


class Refusing(MemoryWarehouse):
    """A warehouse that may not be asked, or whose answer fails."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def stored_counts(self, organization_id: str, *, since: date) -> CountsOfReports:  # noqa: ARG002
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
