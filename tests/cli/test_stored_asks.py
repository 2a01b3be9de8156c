"""What several accounts are asked for is stored before the first of them is read."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from sendtrail.cli.accounts.asked_accounts import AskedAccounts
from sendtrail.cli.accounts.stored_asks import store_asks
from sendtrail.cli.settings.sync_settings import BEGINNING, SyncSettings
from sendtrail.domain.wants import StillWanted, listed
from sendtrail.errors import SettingsError
from sendtrail.local.state.adoption import read_state
from sendtrail.state.stored_wants import read_wants
from tests.fakes import NOON, FakeClock

EVERYTHING = [StillWanted(since=BEGINNING, again=False, campaigns=None)]


def account(name: str, database: Path, **options: Any) -> SyncSettings:
    """Return the settings of an account that is never asked."""
    given = {"api_url": "https://a.com", "api_key": "key", "organization": name, "database": database}
    return SyncSettings.read({**given, **options})


def asks_stored(each: Mapping[str, SyncSettings | SettingsError]) -> Mapping[str, list[StillWanted]]:
    """Store what accounts are asked for; return what is wanted of each, by what is in their files."""
    store_asks(AskedAccounts(each=each), clock=FakeClock(NOON))
    usable = [found for found in each.values() if isinstance(found, SyncSettings)]
    return {settings.organization: wanted(settings) for settings in usable if settings.database.is_file()}


def wanted(settings: SyncSettings) -> list[StillWanted]:
    """Return what is wanted of an account, by what is in its file."""
    state = read_state(settings.database, dataset=settings.dataset, clock=FakeClock(NOON))
    return state.transact(lambda transaction: listed(read_wants(transaction, settings.organization)))


@pytest.fixture(autouse=True)
def _in_a_folder_without_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_everything_is_wanted_of_every_account(tmp_path: Path) -> None:
    """In one file or in several: whoever interrupts the first account has asked all of them."""
    one, two = tmp_path / "one.duckdb", tmp_path / "two.duckdb"

    found = asks_stored(
        {"a": account("a", one, all=True), "b": account("b", one, all=True), "c": account("c", two, all=True)}
    )

    assert found == {"a": EVERYTHING, "b": EVERYTHING, "c": EVERYTHING}


def test_what_is_dropped_is_dropped_of_every_account(tmp_path: Path) -> None:
    """In favour of what the same command asks for."""
    file, again = tmp_path / "one.duckdb", [StillWanted(since=BEGINNING, again=True, campaigns=None)]
    asks_stored({name: account(name, file, all=True) for name in ("a", "b")})

    dropped = asks_stored({name: account(name, file, drop_wants=True) for name in ("a", "b")})
    forced = asks_stored({name: account(name, file, all=True, force=True) for name in ("a", "b")})

    assert (dropped, forced) == ({"a": [], "b": []}, {"a": again, "b": again})


def not_a_database(path: Path) -> None:
    """Leave something else at a path."""
    path.write_text("a,b\n1,2\n", encoding="utf-8")


@pytest.mark.parametrize("spoil", [not_a_database, Path.mkdir])
def test_an_account_whose_file_cannot_be_used_leaves_the_others_alone(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    """Its own run says what is wrong."""
    spoil(tmp_path / "spoilt")
    usable = account("c", tmp_path / "one.duckdb", all=True)
    each: dict[str, SyncSettings | SettingsError] = {
        "a": account("a", tmp_path / "spoilt", all=True),
        "b": SettingsError(["--api-url: not so"]),
        "c": usable,
    }

    store_asks(AskedAccounts(each=each), clock=FakeClock(NOON))

    assert wanted(usable) == EVERYTHING


@pytest.mark.parametrize("accounts", [("a",), ("a", "b")])
def test_no_file_is_opened_where_nothing_has_to_be_stored(tmp_path: Path, accounts: tuple[str, ...]) -> None:
    """An only account stores what it is asked for as its run begins; nobody asks for the changes."""
    everything = len(accounts) == 1 or None

    assert asks_stored({name: account(name, tmp_path / "x.duckdb", all=everything) for name in accounts}) == {}
