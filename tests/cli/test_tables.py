"""`sendtrail tables`: what can be asked, and where it is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from sendtrail.cli.copies.tables_command import tables
from sendtrail.errors import SettingsError
from sendtrail.warehouse.rows import Table
from sendtrail.warehouse.views import names

app = Typer()
app.command()(tables)


@pytest.fixture
def database(make_database: Callable[[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty database, in a folder without settings."""
    monkeypatch.chdir(tmp_path)
    return make_database(tmp_path / "data.duckdb")


def test_every_table_and_view_is_listed_with_its_place(database: Path) -> None:
    """The place is an absolute path."""
    output = CliRunner().invoke(app, ["--database", "data.duckdb"]).output

    assert {*map(str, Table), *names()} <= {line.split(" ")[0] for line in output.splitlines()}
    assert f"They are in marketing_ai in {database}." in output


@pytest.mark.usefixtures("database")
def test_the_columns_of_one_are_listed_with_what_they_mean() -> None:
    """With the dataset before its name or without."""
    output = CliRunner().invoke(app, ["marketing_ai.contacts"], env={"COLUMNS": "200"}).output

    assert "contact_id" in output
    assert "tags" in output
    assert "string list" in output


@pytest.mark.usefixtures("database")
def test_an_unknown_table_is_a_sentence() -> None:
    """It says how to find the name."""
    result = CliRunner().invoke(app, ["nothing"])

    assert isinstance(result.exception, SettingsError)
    assert "there is no table or view nothing: `sendtrail tables`" in str(result.exception)
