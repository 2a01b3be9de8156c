"""Measures how long the runs of accounts took, and how they ended."""

from collections.abc import Callable

from sendtrail.cli.process.exit_codes import BUSY, DONE, INTERRUPTED, MISSING
from sendtrail.cli.run.run_result import RunResult
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.clock import Clock
from sendtrail.errors import AccountPaused, Busy
from sendtrail.metrics.recording import Metrics, RunOutcome, measure_run

RunSync = Callable[[SyncSettings], RunResult]

_OUTCOMES = {
    DONE: RunOutcome.COMPLETE,
    MISSING: RunOutcome.INCOMPLETE,
    INTERRUPTED: RunOutcome.INTERRUPTED,
    BUSY: RunOutcome.BUSY,
}


def measured(run_sync: RunSync, metrics: Metrics, clock: Clock) -> RunSync:
    """Return `run_sync` with each of its runs measured, those that raise an error, too."""

    def run(settings: SyncSettings) -> RunResult:
        began_s, outcome = clock.monotonic(), RunOutcome.ERROR
        try:
            result = run_sync(settings)
            outcome = _OUTCOMES[result.exit_code]
        except (Busy, AccountPaused):
            outcome = RunOutcome.BUSY
            raise
        except KeyboardInterrupt:
            outcome = RunOutcome.INTERRUPTED
            raise
        finally:
            measure_run(metrics, settings.organization, outcome, seconds=clock.monotonic() - began_s)
        return result

    return run
