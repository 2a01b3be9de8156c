"""`sendtrail status` and `sendtrail failures`, on a file and on Firestore."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from rich.console import Console

from sendtrail.cli.operate.durations import duration
from sendtrail.cli.operate.status_command import WATCH_S, exit_code, watch_accounts
from sendtrail.cli.operate.status_output import overdue_lines, overview_lines
from sendtrail.cli.process.exit_codes import BUSY, DONE, MISSING
from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.domain.wants import Ask
from sendtrail.errors import AccountDisabled, AccountPaused, Busy, KeyRefused, SettingsError, Unavailable
from sendtrail.ports import State
from sendtrail.state.account_status import AccountStatus, write_status
from sendtrail.state.documents import campaign_path, to_document
from sendtrail.state.stored_wants import raise_wants
from sendtrail.sync.overview.account_overview import AccountOverview, Activity, overview_of
from sendtrail.sync.overview.failures import Failed
from sendtrail.sync.runs.failed_run import store_failure
from tests.fakes import NOON, FakeClock, MemoryState
from tests.operate.conftest import MakePlace
from tests.operate.test_runs_command import FIGURES

LONG_AGO = NOON - timedelta(days=2)


def fill(state: State) -> None:
    """Store an account that had a run, with a campaign that failed and a wish."""
    status = AccountStatus(
        run_id="run1",
        last_run=NOON,
        campaigns_total=2,
        campaigns_completed=1,
        campaigns_failed=1,
        last_success=LONG_AGO,
    )
    failed = Checkpoint(run_id="run1", sequence=1, status=Status.FAILED, updated_at=NOON, reason="rows are refused")
    state.transact(lambda transaction: write_status(transaction, "acme", status))
    state.transact(lambda transaction: transaction.set(campaign_path("acme", 7), to_document(failed)))
    raise_wants(state, "acme", Ask(run_id="run1", since=LONG_AGO))


def test_the_status_of_an_account(make_place: MakePlace) -> None:
    """In words, as JSON, and as an exit code for monitors."""
    place = make_place("acme")
    place.reading(fill)

    words = place.say("status")
    (found,) = json.loads(place.say("status", "--json"))
    stale = place.run("status", "--max-age", "8h")
    fresh = place.run("status", "--max-age", "99999d")
    place.say("pause")
    paused = place.run("status", "--max-age", "8h")

    assert words.startswith("acme: idle\n  last success      2025-05-30 12:00 UTC, ")
    assert "wanted            everything since 2025-05-30 for every campaign" in words
    assert "campaign 7 (2025-06-01 12:00 UTC): rows are refused: the next run tries it again" in words
    assert (found["organization"], found["activity"], found["due"]) == ("acme", "idle", 1)
    assert found["failures"][0]["reason"] == "rows are refused"
    assert (stale.exit_code, fresh.exit_code, paused.exit_code) == (MISSING, DONE, BUSY)
    assert "acme: paused since 2" in paused.output


def test_what_has_failed(make_place: MakePlace) -> None:
    """Of every account, or of one; with an exit code that says whether there is anything."""
    place = make_place("acme", "globex")
    place.reading(fill)

    listed, other = place.run("failures"), place.run("failures", "--organization", "globex")
    found = json.loads(place.run("failures", "--json").output)

    assert (listed.exit_code, other.exit_code) == (MISSING, DONE)
    assert listed.output.startswith("acme: campaign 7 (2025-06-01 12:00 UTC): rows are refused: ")
    assert other.output == "Nothing has failed.\n"
    assert [(each["organization"], each["subject"]) for each in found] == [("acme", "7")]


@pytest.mark.parametrize("make_place", ["local"], indirect=True)
def test_an_account_of_which_no_run_got_through_is_one(make_place: MakePlace) -> None:
    """Its first sync failed: it is named, as never synced, with the reason."""
    place = make_place()
    place.reading(lambda state: store_failure(KeyRefused("the key is refused"), "acme", run_id="run1", state=state))

    failures, status = place.run("failures"), place.run("status", "--max-age", "8h")

    assert failures.exit_code == status.exit_code == MISSING
    assert "the key is refused: nothing of the account is read until this is mended" in failures.output
    assert status.output.startswith("acme: never synced\n")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError("https://x/?api_key=0123 of ann@example.com"), "a fault of Sendtrail (ValueError)"),
        (Unavailable("no answer about ann@example.com\nat all"), "no answer about <e-mail address>; at all"),
    ],
)
def test_a_reason_holds_no_secret_and_no_address(error: Exception, reason: str) -> None:
    """What a mistake says may hold anything: it is named by its kind."""
    state = MemoryState()

    store_failure(error, "acme", run_id="run1", state=state)

    assert reason in overview_of("acme", state).failures[0].reason
    assert "ann@" not in str(state.documents)
    assert "0123" not in str(state.documents)


@pytest.mark.parametrize("error", [Busy("held"), AccountPaused("paused"), AccountDisabled("off")])
def test_who_has_to_wait_has_not_failed(error: Exception) -> None:
    """Somebody else is at it, or wants it so."""
    state = MemoryState()

    store_failure(error, "acme", run_id="run1", state=state)

    assert state.documents == {}


def an_overview(**fields: object) -> AccountOverview:
    """Return an account that is all right."""
    given = {
        "organization": "acme", "activity": Activity.IDLE, "last_run": NOON, "last_success": NOON, "age_s": 60.0,
        "total": 2, "left": 0, "due": 0, "wanted": (), "unsettled": 0, "rows_short": 0, "contacts_synced_at": None,
        "failures": (), **fields,
    }  # fmt: skip
    return AccountOverview(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("others", "code"),
    [
        ([], DONE),
        ([{"age_s": 7_200.0}], MISSING),
        ([{"age_s": None, "last_success": None, "activity": Activity.NEVER}], MISSING),
        ([{"age_s": 7_200.0, "activity": Activity.PAUSED}], BUSY),
        ([{"age_s": 7_200.0, "activity": Activity.PAUSED}, {"age_s": 7_200.0}], MISSING),
    ],
)
def test_what_a_monitor_is_told(others: list[dict[str, object]], code: int) -> None:
    """The worst of all accounts."""
    overviews = [an_overview(), *(an_overview(**fields) for fields in others)]

    assert exit_code(overviews, max_age=timedelta(hours=1)) == code
    assert exit_code(overviews, max_age=None) == DONE


def test_a_healthy_account_takes_two_lines() -> None:
    """What is all right is left out."""
    assert list(overview_lines(an_overview())) == [
        "acme: idle",
        "  last success      2025-06-01 12:00 UTC, 1 min ago",
    ]


def test_an_account_in_trouble_says_all_of_it() -> None:
    """Failures beyond the fifth are counted; what others wrote is printed without its control characters."""
    failures = [Failed(subject=str(number), reason="no\x1b[31m", advice="wait") for number in range(7)]
    overview = an_overview(
        last_success=None, age_s=None, left=1, due=3, unsettled=2, rows_short=40, unreadable_rows=5,
        failures=failures, contacts_synced_at=NOON,
    )  # fmt: skip

    lines = list(overview_lines(overview))

    assert lines[1:4] == [
        "  last success      none is recorded",
        "  last run          2025-06-01 12:00 UTC, 1 of 2 campaigns still to be read",
        "  contacts          as of 2025-06-01 12:00 UTC",
    ]
    assert "  unsettled         2 reports, 40 rows short" in lines
    assert "  unreadable rows   5" in lines
    assert lines[-1] == "    and 2 more: sendtrail failures lists all"
    assert not any("\x1b" in line for line in lines)


def test_a_run_that_reached_all_campaigns_leaves_none_to_read() -> None:
    """Though some of them have failed: "0 left" sounded as if all was well."""
    lines = list(overview_lines(an_overview(last_success=None, age_s=None, left=0, total=2)))

    assert lines[2] == "  last run          2025-06-01 12:00 UTC, 2 campaigns read"


def test_what_is_overdue_is_named() -> None:
    """With its age and what is allowed; what is fresh is not."""
    overviews = [an_overview(), an_overview(organization="bolt", age_s=7_200.0), an_overview(age_s=None)]

    assert list(overdue_lines(overviews, timedelta(hours=1))) == [
        "bolt is overdue. Its last complete sync began 2 h 00 min ago; --max-age allows 1 h 00 min.",
        "acme is overdue. It was never synced completely; --max-age allows 1 h 00 min.",
    ]


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("30m", 1_800), ("8h", 28_800), (" 2D ", 172_800), ("0s", 0)]
)
def test_a_duration(text: str, seconds: int) -> None:
    """As people type it."""
    assert duration(text, option="--max-age").total_seconds() == seconds


@pytest.mark.parametrize("text", ["8", "h", "-8h", "1.5h", "8 hours", "1h30m", "9999999d"])
def test_what_is_no_duration(text: str) -> None:
    """It is named, with what would be one."""
    with pytest.raises(SettingsError, match=r"--max-age: .* is no duration, such as"):
        duration(text, option="--max-age")


def test_a_run_that_goes_on_says_how_long_it_takes() -> None:
    """By its pace so far; the last one says what it took."""
    running = an_overview(activity=Activity.RUNNING, total=40, left=30, running_s=600.0, figures=FIGURES)

    lines = list(overview_lines(running))

    assert "  progress          10 of 40 campaigns, about 30 min left at this pace" in lines
    assert "  last run took     120 requests, 12 s, 1 answer 429" in lines
    assert replace(running, left=40).left_s is None
    assert replace(running, activity=Activity.IDLE).left_s is None


def test_looking_takes_a_tenth_of_the_time_at_most() -> None:
    """Of a large file that a sync writes to, each look is a copy."""
    clock = FakeClock()

    def look() -> list[AccountOverview]:
        clock.advance(20)
        return [an_overview()]

    watch_accounts(look, Console(file=StringIO()), clock, times=range(2))

    assert sum(clock.slept) == 2 * 9 * 20


def test_accounts_are_watched_until_somebody_interrupts() -> None:
    """A sync that has the file meanwhile is no reason to end."""
    clock, out = FakeClock(), StringIO()
    looks: Iterator[list[AccountOverview] | BaseException] = iter(
        [[an_overview()], Busy("another program has it"), [an_overview()], KeyboardInterrupt()]
    )

    def look() -> list[AccountOverview]:
        found = next(looks)
        if isinstance(found, BaseException):
            raise found
        return found

    watch_accounts(look, Console(file=out, width=80), clock)

    assert out.getvalue().count("acme: idle") == 2
    assert "another program has it" in out.getvalue()
    assert clock.now() == NOON + timedelta(seconds=3 * WATCH_S)
