"""What is missing of an account, by why, and how it is measured."""

from dataclasses import replace
from datetime import timedelta

from sendtrail.delivery.checkpoint import Status
from sendtrail.domain.campaign_report import Report
from sendtrail.domain.wants import Want, Wants
from sendtrail.metrics.definitions import GAPS, LAG, MISSING_ROWS
from sendtrail.state.account_status import AccountStatus
from sendtrail.sync.campaign_checkpoints import Checkpoints
from sendtrail.sync.overview.gaps import Cause, Gaps, gaps_of, measure_state
from sendtrail.sync.settling import Settling
from tests.fakes import NOON, MemoryMetrics
from tests.sync.checkpoints import a_checkpoint, a_sync

SHORT = a_checkpoint(a_sync(settling={Report.OPENS: Settling(changed_at=NOON, read_at=NOON, short=7)}))
WHOLE = a_checkpoint(a_sync(settling={Report.OPENS: Settling(changed_at=NOON, read_at=NOON)}))
FAILED = replace(SHORT, status=Status.FAILED, reason="the account said no")
INCOMPLETE = a_checkpoint(reason="opens: the account said no")
UNFINISHED = a_checkpoint(status=Status.RUNNING)
WANT = Want(asked_at=NOON, since=NOON - timedelta(days=300))


def test_each_campaign_counts_once_by_its_gravest_cause() -> None:
    """Wanted ones that were never claimed count, too, and those that lack nothing do not."""
    readable = {1: SHORT, 2: WHOLE, 3: FAILED, 4: INCOMPLETE, 5: UNFINISHED, 6: WHOLE}
    wants = Wants(of_campaigns={3: WANT, 6: WANT, 7: WANT})

    found = gaps_of(Checkpoints(readable=readable, unreadable={"8": "no document"}), wants)

    assert found.campaigns == {
        Cause.UNREADABLE: 1,
        Cause.FAILED: 1,
        Cause.INCOMPLETE: 1,
        Cause.UNFINISHED: 1,
        Cause.WANTED: 2,
        Cause.UNSETTLED: 1,
    }
    assert found.missing_rows == 14


def test_a_cause_that_is_over_is_measured_as_0() -> None:
    """Otherwise the last value would stay on the dashboard."""
    metrics, status = MemoryMetrics(), AccountStatus(run_id="run1", last_run=NOON, campaigns_total=0)
    gaps = gaps_of(Checkpoints(readable={}, unreadable={}), Wants())

    measure_state(metrics, "acme", gaps, status=replace(status, last_success=NOON), now=NOON + timedelta(hours=2))

    assert [metrics.values(GAPS, cause=cause.value) for cause in Cause] == [[0]] * len(Cause)
    assert metrics.values(MISSING_ROWS, account="acme") == [0]
    assert metrics.values(LAG, account="acme") == [7_200]


def test_an_account_that_was_never_synced_has_no_age() -> None:
    """An age of nothing would look like one that was synced a moment ago."""
    metrics, status = MemoryMetrics(), AccountStatus(run_id="run1", last_run=NOON, campaigns_total=0)

    for each in (None, status):
        measure_state(metrics, "acme", Gaps(campaigns={}, missing_rows=0), status=each, now=NOON)

    assert metrics.values(LAG) == []
