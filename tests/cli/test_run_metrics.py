"""How a run on this machine is measured: how long it took and how it ended, whatever its end."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from sendtrail.cli.measure.account_state import measure_account
from sendtrail.cli.measure.run_metrics import measured
from sendtrail.cli.run.run_result import Failure, FailureKind, RunResult
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.errors import AccountPaused, KeyRefused, LeaseHeld
from sendtrail.metrics.definitions import GAPS, LAG, RUN_DURATION
from sendtrail.state.documents import account_path, wants_path
from sendtrail.sync.runs.stored_run import Summary
from tests.fakes import NOON, FakeClock, MemoryMetrics, MemoryState

SUMMARY = Summary(run_id="run1", organization_id="acme", campaigns=1, due=1, published=1)
REJECTED, HELD = (Failure(subject="7", reason="no", kind=kind) for kind in (FailureKind.REJECTED, FailureKind.HELD))


def result(*failures: Failure, interrupted: bool = False) -> RunResult:
    """Return what came of a run."""
    return RunResult(summary=SUMMARY, failures=failures, interrupted=interrupted, seconds=1.0)


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        (result(), "complete"),
        (result(REJECTED, HELD), "incomplete"),
        (result(HELD), "busy"),
        (result(interrupted=True), "interrupted"),
        (AccountPaused("somebody has paused it"), "busy"),
        (LeaseHeld("another process has the file"), "busy"),
        (KeyRefused("no"), "error"),
        (OSError("a fault"), "error"),
        (KeyboardInterrupt(), "interrupted"),
    ],
)
def test_every_end_of_a_run_is_measured_and_stays_what_it_is(
    end: RunResult | BaseException, outcome: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error is raised as if nobody had measured."""
    monkeypatch.chdir(tmp_path)
    clock, metrics = FakeClock(), MemoryMetrics()
    settings = SyncSettings(api_url="https://acme.api-us1.com", api_key=SecretStr("key"), organization="acme")

    def run(_: SyncSettings) -> RunResult:
        clock.sleep(42)
        if isinstance(end, BaseException):
            raise end
        return end

    seen: object
    try:
        seen = measured(run, metrics, clock)(settings)
    except BaseException as error:  # noqa: BLE001 - whatever was raised
        seen = error

    assert seen is end
    assert metrics.measured == [(RUN_DURATION.name, 42, {"account": "acme", "outcome": outcome})]


def test_a_state_that_cannot_be_read_is_not_measured_and_said(caplog: pytest.LogCaptureFixture) -> None:
    """A measurement fails no run."""
    state, metrics = MemoryState(), MemoryMetrics()
    state.documents[wants_path("acme")] = {"wants": 7}

    measure_account(metrics, "acme", state)

    assert metrics.measured == []
    assert ["could not be measured" in line for line in caplog.messages] == [True]


def test_the_age_of_what_is_stored_is_measured_at_the_end_of_a_run() -> None:
    """By the status of the account, whether the run succeeded or not."""
    state, metrics = MemoryState(), MemoryMetrics()
    status = {"run_id": "run1", "last_run": NOON, "campaigns_total": 0, "last_success": NOON}
    state.documents[account_path("acme")] = status
    state.clock.sleep(60)

    measure_account(metrics, "acme", state)

    assert metrics.values(LAG, account="acme") == [60]
    assert metrics.values(GAPS, cause="failed") == [0]
