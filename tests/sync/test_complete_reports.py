"""When the warehouse is asked what is stored, and what is concluded."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from sendtrail.domain.campaign import Campaign
from sendtrail.domain.campaign_report import Report
from sendtrail.domain.stored_counts import COUNTED_EVERY, CountsOfReports, StoredCounts
from sendtrail.errors import Rejected, SettingsError, Unavailable
from sendtrail.sync.due import Policy, Request
from sendtrail.sync.evidence.complete_reports import StoredReports, complete_reports
from sendtrail.sync.settling import Settling
from sendtrail.sync.sync_record import SyncRecord
from tests.contracts.samples import SPRING
from tests.fakes import NOON, MemoryWarehouse
from tests.pipeline_harness import PipelineHarness
from tests.sync.checkpoints import DAY, HOUR, a_checkpoint, a_sync

BEFORE = {"send_amt": 100, "opens": 9, "uniqueopens": 5}
CHANGED = replace(SPRING, counters={**BEFORE, "opens": 10})
READ_A_DAY_AGO = {Report.OPENS: NOON - DAY}
RECORD = a_sync(counters=BEFORE, watermarks=READ_A_DAY_AGO, deep_watermarks=READ_A_DAY_AGO)
SHORT = Settling(changed_at=NOON - DAY, read_at=NOON - DAY, short=2)


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
    return stored(warehouse, campaign, record).complete


def stored(
    warehouse: MemoryWarehouse,
    campaign: Campaign,
    record: SyncRecord,
    *,
    counted_at: datetime | None = None,
    campaign_ids: frozenset[int] | None = None,
) -> StoredReports:
    """Return what is known of the reports of a campaign, at noon."""
    return complete_reports(
        [campaign],
        request=Request(organization_id="acme", run_id="run", campaign_ids=campaign_ids),
        checkpoints={campaign.campaign_id: a_checkpoint(record)},
        counted_at=counted_at,
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


def test_soon_after_an_answer_reports_wait_for_the_next_one() -> None:
    """A dispatch every hour asks no oftener than one every four."""
    warehouse = Counted(rows=5, times=9)

    assert stored(warehouse, CHANGED, RECORD, counted_at=NOON - 3 * HOUR) == StoredReports(
        postponed={SPRING.campaign_id: (Report.OPENS,)}, counted_at=NOON - 3 * HOUR
    )
    assert warehouse.asked == []


@pytest.mark.parametrize("counted_at", [None, NOON - COUNTED_EVERY, NOON + HOUR])
def test_a_whole_run_asks_where_the_answer_is_old_and_says_when(counted_at: datetime | None) -> None:
    """Or where a clock that was wrong has stored a time to come."""
    warehouse = Counted(rows=5, times=9)

    assert stored(warehouse, CHANGED, RECORD, counted_at=counted_at) == StoredReports(
        complete={SPRING.campaign_id: (Report.OPENS,)}, counted_at=NOON
    )


def test_a_run_of_named_campaigns_asks_at_once_and_lets_nothing_wait() -> None:
    """It answers for no other campaign: the next whole run asks as if it had not been."""
    warehouse, before = Counted(rows=5, times=9), NOON - HOUR

    assert stored(
        warehouse, CHANGED, RECORD, counted_at=before, campaign_ids=frozenset({SPRING.campaign_id})
    ) == StoredReports(complete={SPRING.campaign_id: (Report.OPENS,)}, counted_at=before)


def test_an_answer_that_does_not_come_is_asked_for_again_at_the_next_run() -> None:
    """And what it was about is read by its whole overlap meanwhile."""
    before = NOON - DAY

    assert stored(Refusing(Unavailable("no answer")), CHANGED, RECORD, counted_at=before) == StoredReports(
        counted_at=before
    )


@pytest.mark.parametrize("settling", [Settling(changed_at=NOON - DAY, read_at=NOON - DAY, failed="broken"), SHORT])
def test_a_report_that_lacks_rows_does_not_wait(settling: Settling) -> None:
    """It is read whatever the warehouse says."""
    record = replace(RECORD, settling={Report.OPENS: settling})

    assert stored(Counted(rows=5, times=9), CHANGED, record, counted_at=NOON - HOUR).postponed == {}


@pytest.mark.parametrize(("opens", "waits"), [(10, False), (9, True)])
def test_a_look_does_not_wait_at_a_report_that_changes(opens: int, waits: bool) -> None:
    """Read by what is new alone, it counts as looked at: the look is not made up for, and goes back furthest."""
    looked_at = Settling(changed_at=NOON - 3 * DAY, read_at=NOON - DAY)
    campaign = replace(SPRING, counters={**BEFORE, "opens": opens})

    found = stored(
        Counted(rows=5, times=9), campaign, replace(RECORD, settling={Report.OPENS: looked_at}), counted_at=NOON - HOUR
    )

    assert found.postponed == ({SPRING.campaign_id: (Report.OPENS,)} if waits else {})
