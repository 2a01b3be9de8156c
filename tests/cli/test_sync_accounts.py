"""Several accounts: each is synced whatever becomes of the others, and the exit code is the worst."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from rich.console import Console

from sendtrail.cli.accounts.asked_accounts import AskedAccounts
from sendtrail.cli.accounts.sync_accounts import sync_accounts
from sendtrail.cli.notify.notifier import Notifier
from sendtrail.cli.notify.occasion import Policy
from sendtrail.cli.process.exit_codes import BUSY, DONE, INTERRUPTED, MISSING, USAGE, worst
from sendtrail.cli.run.run_result import Failure, RunResult
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.errors import AccountPaused, Busy, KeyRefused, SettingsError
from sendtrail.sync.runs.stored_run import Summary
from tests.fakes import FakeClock

Outcome = Callable[[], RunResult]


def result(*, failures: int = 0, interrupted: bool = False) -> RunResult:
    """Return what came of a run."""
    return RunResult(
        summary=Summary(run_id="run-1", organization_id="acme", campaigns=0, due=0, published=0),
        failures=tuple(Failure(subject="7", reason="no") for _ in range(failures)),
        interrupted=interrupted,
        seconds=1.0,
    )


def raising(error: BaseException) -> Outcome:
    """Return a run that ends with an error."""

    def run() -> RunResult:
        raise error

    return run


def sync(*outcomes: Outcome | SettingsError, as_json: bool = False) -> tuple[int, str, int]:
    """Sync an account per outcome; return the exit code, what was printed, and how many accounts were run."""
    settings = {
        f"account{number}": outcome
        if isinstance(outcome, SettingsError)
        else SyncSettings.read(
            {
                "api_url": "https://a.com",
                "api_key": "key",
                "organization": f"account{number}",
                "json_summary": as_json,
            }
        )
        for number, outcome in enumerate(outcomes)
    }
    done: list[str] = []

    def run(of: SyncSettings) -> RunResult:
        done.append(of.organization)
        outcome = outcomes[int(of.organization.removeprefix("account"))]
        assert not isinstance(outcome, SettingsError)
        return outcome()

    out = StringIO()
    silent = Notifier(policy=Policy(wanted=frozenset(), repeat_after=timedelta()), addresses=(), clock=FakeClock())
    code = sync_accounts(AskedAccounts(each=settings), run, console=Console(file=out, width=200), notifier=silent)
    return code, out.getvalue(), len(done)


@pytest.mark.parametrize(
    ("outcome", "code", "said"),
    [
        (raising(KeyRefused("the key was refused")), MISSING, "the key was refused"),
        (raising(Busy("another program has it")), BUSY, "another program has it"),
        (raising(AccountPaused("it is paused")), BUSY, "it is paused"),
        (raising(ZeroDivisionError("by nought")), MISSING, "ZeroDivisionError: by nought"),
        (SettingsError(["--api-url: not so"]), USAGE, "--api-url: not so"),
        (lambda: result(failures=1), MISSING, "account1"),
        (result, DONE, "account1"),
    ],
)
def test_what_stops_an_account_leaves_the_others_alone(outcome: Outcome | SettingsError, code: int, said: str) -> None:
    """It is said, and the exit code tells it."""
    found, printed, runs = sync(result, outcome, result)

    assert (found, runs) == (code, 2 if isinstance(outcome, SettingsError) else 3)
    assert said in printed


def test_an_interruption_ends_all() -> None:
    """Whether it comes while an account is listed or while it is read."""
    assert sync(result, lambda: result(interrupted=True), result)[::2] == (INTERRUPTED, 2)
    assert sync(result, raising(KeyboardInterrupt()), result)[::2] == (INTERRUPTED, 2)


def test_the_error_of_an_only_account_is_raised() -> None:
    """The command prints it as it prints all others."""
    with pytest.raises(KeyRefused):
        sync(raising(KeyRefused("the key was refused")))


def test_an_account_that_comes_to_no_summary_has_a_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    """A program that reads the lines misses no account."""
    sync(result, raising(KeyRefused("the key was refused")), as_json=True)

    assert json.loads(capsys.readouterr().out) == {
        "organization": "account1",
        "exit_code": MISSING,
        "error": "the key was refused",
    }


def test_the_worst_of_several_exit_codes() -> None:
    """A wrong setting is worse than a missing row, which is worse than a file that is in use."""
    assert worst([]) == worst([DONE, DONE]) == DONE
    assert worst([DONE, BUSY]) == BUSY
    assert worst([MISSING, BUSY, DONE]) == MISSING
    assert worst([USAGE, MISSING]) == USAGE
    assert worst([USAGE, INTERRUPTED]) == INTERRUPTED
