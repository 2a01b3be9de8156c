"""Whose rows are written: the file's only account unless another that is there was named."""

from pathlib import Path

import pytest

from sendtrail.cli import attribution, conversions
from sendtrail.cli.organizations import chosen_organization
from sendtrail.errors import SettingsError
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from tests.conversions.commands import ROWS, load, run, stored, synced

WHOSE = "SELECT DISTINCT organization_id FROM marketing_ai.{}"


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a database into which nothing was synced."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "empty.duckdb"
    DuckDbWarehouse(path).close()
    return path


def test_rows_go_to_the_only_account(tmp_path: Path, empty: Path) -> None:
    """Whatever it is called: rows of another would earn nothing."""
    with DuckDbWarehouse(empty) as warehouse:
        synced(warehouse, "acme")

    load(tmp_path / "a.csv", ROWS, "--database", empty)
    run(attribution.app, "set", "lookback_days=60", "--database", empty)

    assert stored(empty, WHOSE.format("conversions")) == [("acme",)]
    assert stored(empty, WHOSE.format("attribution_settings")) == [("acme",)]


@pytest.mark.parametrize("table", ["conversions", "attribution_settings"])
def test_an_account_that_is_not_there_is_refused(tmp_path: Path, database: Path, table: str) -> None:
    """With the names of those that are, and nothing is stored."""
    (tmp_path / "a.csv").write_text(ROWS)
    apps = {"conversions": conversions.app, "attribution_settings": attribution.app}
    arguments = [str(tmp_path / "a.csv")] if table == "conversions" else ["set", "lookback_days=60"]

    with pytest.raises(SettingsError, match="there is no account mian in this file: name one of main;"):
        run(apps[table], *arguments, "--database", database, "--organization", "mian")

    assert stored(database, WHOSE.format(table)) == []


def test_a_file_that_was_never_synced_says_what_to_do(tmp_path: Path, empty: Path) -> None:
    """Sync first, or say that it is meant."""
    with pytest.raises(SettingsError, match="run sendtrail sync first; --new-organization stores"):
        load(tmp_path / "a.csv", ROWS, "--database", empty)
    load(tmp_path / "a.csv", ROWS, "--database", empty, "--new-organization")

    assert stored(empty, WHOSE.format("conversions")) == [("main",)]


@pytest.mark.parametrize(
    ("found", "asked", "may_be_new", "chosen"),
    [
        (["acme"], "", False, "acme"),
        (["acme"], "", True, "acme"),
        (["acme", "globex"], "globex", False, "globex"),
        (["acme"], "globex", True, "globex"),
        ([], "globex", True, "globex"),
        ([], "", True, "main"),
    ],
)
def test_the_account_is_the_one_that_is_meant(found: list[str], asked: str, may_be_new: bool, chosen: str) -> None:
    """By its name, or because there is no other."""
    assert chosen_organization(found, asked=asked, may_be_new=may_be_new) == chosen


@pytest.mark.parametrize(
    ("found", "asked", "may_be_new", "problem"),
    [
        (["acme", "globex"], "", False, "several accounts in this file: name one of acme, globex"),
        (["acme", "globex"], "", True, "several accounts in this file: name one of acme, globex"),
        (["acme"], "globex", False, "there is no account globex"),
        ([], "globex", False, "no account was synced"),
        ([], "", False, "no account was synced"),
    ],
)
def test_what_is_not_clear_is_asked_for(found: list[str], asked: str, may_be_new: bool, problem: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(SettingsError, match=problem):
        chosen_organization(found, asked=asked, may_be_new=may_be_new)
