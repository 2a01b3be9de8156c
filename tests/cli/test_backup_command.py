"""`sendtrail backup` and `sendtrail restore`, as a person types them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sendtrail.cli.app import app
from sendtrail.errors import SettingsError
from sendtrail.local.duckdb_reader import read_only
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from tests.contracts.samples import contact, contacts

COUNT = "SELECT count(*) FROM marketing_ai.contacts"


@pytest.fixture
def database(make_database: Callable[[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a database that has got a contact since it was backed up, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    path = make_database(tmp_path / "sendtrail.duckdb")
    assert type_it("backup", "empty.duckdb").exit_code == 0
    with DuckDbWarehouse(path) as warehouse:
        warehouse.merge(contacts(contact()))
    return path


def type_it(*words: str, answer: str = "", **environment: str) -> Result:
    """Type a command, and an answer."""
    return CliRunner(env=environment).invoke(app, words, input=answer)


def count(path: Path) -> int:
    """Return how many contacts a database has."""
    with read_only(path) as query:
        [(found,)] = query(COUNT).rows
    return int(found)


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_whoever_does_not_agree_keeps_the_database(database: Path, answer: str) -> None:
    """Also where nobody answers."""
    result = type_it("restore", "empty.duckdb", answer=answer)

    assert result.exit_code == 1
    assert count(database) == 1
    assert sorted(each.name for each in database.parent.glob("*.before-*")) == []


def test_a_restore_says_what_both_hold_and_how_to_undo_it(database: Path) -> None:
    """The command that it names brings the database back."""
    output = type_it("restore", "empty.duckdb", answer="y\n").output
    [undo] = [line.partition("To undo it: sendtrail ")[2] for line in output.splitlines() if "To undo it" in line]
    restored = count(database)

    assert f"{database} has:" in output
    assert "1 marketing_ai.contacts" in output
    assert type_it(*undo.split(), "--yes").exit_code == 0
    assert (restored, count(database)) == (0, 1)


@pytest.mark.parametrize("words", [("backup", "new.duckdb"), ("restore", "empty.duckdb")])
def test_in_google_cloud_it_says_what_to_do_there(database: Path, words: tuple[str, ...]) -> None:
    """A project in the environment is not overlooked: nobody means the file beside it."""
    result = type_it(*words, SENDTRAIL_PROJECT="my-project")

    assert isinstance(result.exception, SettingsError)
    assert "docs/runbook.md" in str(result.exception)
    assert count(database) == 1
