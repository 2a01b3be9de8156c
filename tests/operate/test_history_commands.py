"""`sendtrail backfill`, `resync` and `reset`, on a file and on Firestore."""

from datetime import UTC, datetime, timedelta

import pytest

from sendtrail.cli.operate.history_commands import wants_of
from sendtrail.cli.operate.history_request import moment_since, plan_lines
from sendtrail.cli.settings.sync_settings import BEGINNING
from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.domain.wants import StillWanted, listed
from sendtrail.errors import SettingsError
from sendtrail.ports import State
from sendtrail.state.documents import campaign_path, to_document
from sendtrail.sync.overview.history_plan import HistoryPlan
from sendtrail.sync.sync_record import SyncRecord
from tests.fakes import NOON
from tests.operate.conftest import MakePlace, put

DAY = datetime(2025, 1, 31, tzinfo=UTC)


def fill(state: State) -> None:
    """Store two campaigns that were read back a week."""
    for number in (1, 2):
        record = SyncRecord(
            since=NOON - timedelta(days=7), watermarks={}, counters={"uniqueopens": 50}, synced_at=NOON,
            audited_at=NOON, confirmed=True,
        )  # fmt: skip
        checkpoint = Checkpoint(
            run_id="run1", sequence=1, status=Status.DONE, updated_at=NOON, synced=to_document(record)
        )
        put(state, campaign_path("acme", number), to_document(checkpoint))


def wanted(state: State) -> list[StillWanted]:
    """Return what is wanted."""
    return listed(wants_of(state, "acme"))


def test_a_backfill_is_planned_stored_shown_and_taken_back(make_place: MakePlace) -> None:
    """Each command says what it did, and how to undo it."""
    place = make_place("acme")
    place.reading(fill)

    started = place.say("backfill", "start", "--since", "2025-01-31", "--yes")
    stored, shown = place.reading(wanted), place.say("backfill", "show")
    cancelled, again = place.say("backfill", "cancel"), place.say("backfill", "cancel")

    assert started.startswith("To be read: 2 campaigns, at most 14 requests for 100 rows, which take ")
    assert "the next run of acme begins with it" in started
    assert f"sendtrail backfill cancel {' '.join(place.options[:2])}" in started
    assert stored == [StillWanted(since=DAY, again=False, campaigns=None)]
    assert shown == "acme: still wanted: everything since 2025-01-31 for every campaign\n"
    assert cancelled.startswith("Not wanted any more: everything since 2025-01-31 for every campaign.")
    assert "To undo it: sendtrail backfill start --since 2025-01-31 " in cancelled
    assert again == "Nothing was wanted of acme.\n"
    assert place.say("backfill", "show") == "acme: nothing is wanted\n"


def test_nothing_is_stored_without_a_yes(make_place: MakePlace) -> None:
    """The plan is shown before it is asked; nobody at the keyboard is a no."""
    place = make_place("acme")
    place.reading(fill)

    result = place.run("backfill", "start", "--all")

    assert result.exit_code == 1
    assert "To be read: 2 campaigns" in result.output
    assert place.reading(wanted) == []


def test_campaigns_and_accounts_are_read_again(make_place: MakePlace) -> None:
    """What is named, back to a day; and everything that was read."""
    place = make_place("acme")
    place.reading(fill)
    place.say("pause")

    one = place.say("resync", "2", "--since", "2025-01-31", "--yes")
    after_one = place.reading(wanted)
    everything = place.say("reset", "--yes")

    assert one.startswith("To be read: 1 campaign, ")
    assert "acme is paused, so that waits: sendtrail resume" in one
    assert after_one == [StillWanted(since=DAY, again=True, campaigns=1)]
    assert everything.startswith("To be read: 2 campaigns, ")
    assert StillWanted(since=None, again=True, campaigns=None) in place.reading(wanted)  # type: ignore[operator]
    assert "sendtrail reset" in place.say("backfill", "cancel")


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("resync", "2", "99", "--yes"), "nothing was synced of 99 yet"),
        (("backfill", "start", "--yes"), "name the day"),
        (("backfill", "start", "--all", "--since", "2025-01-31", "--yes"), "choose one of"),
    ],
)
def test_what_cannot_be_meant_is_refused(make_place: MakePlace, words: tuple[str, ...], problem: str) -> None:
    """And nothing is stored."""
    place = make_place("acme")
    place.reading(fill)

    result = place.run(*words)

    assert isinstance(result.exception, SettingsError)
    assert problem in str(result.exception)
    assert place.reading(wanted) == []


@pytest.mark.parametrize(
    ("text", "everything", "moment"), [("2025-01-31", False, DAY), (None, True, BEGINNING), (None, False, None)]
)
def test_back_to_when(text: str | None, everything: bool, moment: datetime | None) -> None:
    """A day, everything, or as far as it was read."""
    assert moment_since(text, everything=everything, now=NOON) == moment


@pytest.mark.parametrize("text", ["2025-13-01", "yesterday", "2025-06-02", ""])
def test_what_is_no_day_is_refused(text: str) -> None:
    """One that is still to come, too."""
    with pytest.raises(SettingsError, match="--since"):
        moment_since(text, everything=False, now=NOON)


def test_campaigns_of_which_nobody_knows_what_they_hold_are_said() -> None:
    """Their first sync has not come to its end."""
    lines = list(plan_lines(HistoryPlan(campaigns=1, requests=3_600, rows=9, unknown=2), interval_s=0.5))

    assert "take 30 min at" in lines[0]
    assert lines[1].startswith("And what 2 campaigns hold")
