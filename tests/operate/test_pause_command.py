"""`sendtrail pause` and `sendtrail resume`, on a file and on Firestore."""

from datetime import timedelta
from pathlib import Path

import pytest

from sendtrail.cli.operate.accounts import chosen_accounts, typed
from sendtrail.cli.operate.pause_command import paused_lines, resumed_lines
from sendtrail.cli.settings.operator_settings import OperatorSettings
from sendtrail.errors import SettingsError
from sendtrail.ports import State
from sendtrail.state.account_pause import AccountPause, read_pause
from tests.fakes import NOON
from tests.operate.conftest import MakePlace


def is_paused(organization: str, state: State) -> bool:
    """Return whether an account is paused."""
    return state.transact(lambda transaction: read_pause(transaction, organization)).is_paused


def test_the_only_account_is_paused_and_resumed(make_place: MakePlace) -> None:
    """Each command says what it did, and how to undo it, which can be typed."""
    place = make_place("acme")

    paused = place.say("pause", "--reason", "their request")
    while_paused = place.reading(lambda state: is_paused("acme", state))
    again = place.say("pause")
    resumed = place.say("resume")
    after = place.reading(lambda state: is_paused("acme", state))

    assert (while_paused, after) == (True, False)
    assert paused.startswith("acme is paused: ")
    assert f"To undo it: sendtrail resume {' '.join(place.options[:2])}" in paused
    assert again.startswith("acme was paused already, since 2")
    assert "(their request)" in again
    assert resumed.startswith("acme is resumed after ")
    assert "To undo it: sendtrail pause " in resumed
    assert place.say("resume") == "acme is not paused.\n"


def test_all_accounts_are_paused_at_once(make_place: MakePlace) -> None:
    """And one of them is resumed."""
    place = make_place("acme", "globex")

    place.say("pause", "--all")
    place.say("resume", "--organization", "globex")

    assert place.reading(lambda state: [is_paused(each, state) for each in ("acme", "globex")]) == [True, False]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ((), "several accounts in .*: name one of acme, globex, or add --all"),
        (("--organization", "acne"), "no account acne in .*: name one of acme, globex"),
        (("--organization", "acme", "--all"), "leave out one of them"),
    ],
)
def test_an_account_that_is_not_clear_is_asked_for(make_place: MakePlace, words: tuple[str, ...], problem: str) -> None:
    """Nothing is paused meanwhile."""
    place = make_place("acme", "globex")

    result = place.run("pause", *words)

    assert isinstance(result.exception, SettingsError)
    with pytest.raises(SettingsError, match=problem):
        raise result.exception
    assert place.reading(lambda state: [is_paused(each, state) for each in ("acme", "globex")]) == [False, False]


def test_where_there_is_no_account_nothing_can_be_paused() -> None:
    """Neither one nor all."""
    with pytest.raises(SettingsError, match="no account in x yet"):
        chosen_accounts([], asked=None, every=True, where="x")


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({}, "sendtrail resume --organization acme"),
        ({"database": "my data.duckdb"}, "sendtrail resume --database 'my data.duckdb' --organization acme"),
        ({"project": "my-project"}, "sendtrail resume --project my-project --organization acme"),
        (
            {"project": "my-project", "installation": "mail"},
            "sendtrail resume --project my-project --installation mail --organization acme",
        ),
    ],
)
def test_a_command_leads_to_the_same_place(
    options: dict[str, str], line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Defaults are left out, and what a shell would split is quoted."""
    monkeypatch.chdir(tmp_path)

    assert typed("resume", OperatorSettings.read(dict(options)), organization="acme") == line


def test_what_is_said_depends_on_the_backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers on Google Cloud go on to the end of their page; on one machine the next run is told."""
    monkeypatch.chdir(tmp_path)
    before, now = AccountPause(paused_at=NOON), NOON + timedelta(hours=3)
    file, cloud = OperatorSettings.read({}), OperatorSettings.read({"project": "my-project"})

    assert "exit code 75" in next(paused_lines("acme", AccountPause(), settings=file))
    assert "after the page" in next(paused_lines("acme", AccountPause(), settings=cloud))
    assert "after 3 h 00 min" in next(resumed_lines("acme", before, settings=file, now=now))
    assert "start_now" in next(resumed_lines("acme", before, settings=cloud, now=now))
