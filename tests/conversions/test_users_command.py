"""`sendtrail users load`, run as a person runs it."""

from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from sendtrail.cli import users
from sendtrail.cli.process.exit_codes import MISSING
from sendtrail.errors import Rejected, SettingsError
from tests.conversions.commands import knows, run, stored

ROWS = "user_id,email,Since\n7,Ann@example.com,2025-03-30\n8,bob@example.com,\n"


def load(file: Path, content: str, *options: object) -> str:
    """Load a file of this content."""
    file.write_text(content, encoding="utf-8")
    return run(users.app, file, *options)


def test_users_are_loaded_and_loading_them_again_changes_nothing(tmp_path: Path, database: Path) -> None:
    """And their contacts are found, by the view that orders are matched with."""
    knows(database, "ann@example.com")
    options = ["--database", database, "--time-zone", "Europe/Berlin"]

    first = load(tmp_path / "a.csv", ROWS, *options)
    second = load(tmp_path / "a.csv", ROWS, *options)

    assert first.splitlines() == ["2 rows are in: 2 new, 0 known before.", "1 of 2 belongs to a known contact."]
    assert "2 rows are in: 0 new, 2 known before." in second
    mapped = stored(database, "SELECT contact_id, email, user_id, matched_by FROM marketing_ai.user_mapping")
    assert mapped == [("1", "ann@example.com", "7", "email")]


def test_nothing_is_loaded_if_a_row_is_wrong_unless_it_is_skipped(tmp_path: Path, database: Path) -> None:
    """Then the exit code says that something is missing."""
    with pytest.raises(SettingsError, match="line 4: user_id: there is none"):
        load(tmp_path / "a.csv", ROWS + ",cy@example.com,\n", "--database", database, "--time-zone", "UTC")
    before = stored(database, "SELECT count(*) FROM marketing_ai.users")
    arguments = [str(tmp_path / "a.csv"), "--database", str(database), "--time-zone", "UTC", "--skip-bad"]
    result = CliRunner().invoke(users.app, arguments, catch_exceptions=False)

    assert before == [(0,)]
    assert result.exit_code == MISSING
    assert "line 4: user_id: there is none" in result.stderr
    assert stored(database, "SELECT count(*) FROM marketing_ai.users") == [(2,)]


def test_a_view_of_one_s_own_stays_as_it_is(tmp_path: Path, database: Path) -> None:
    """What is in it is not Sendtrail's to change; the other tables can be opened as before."""
    with duckdb.connect(database) as connection:
        connection.execute("DROP TABLE marketing_ai.users")
        connection.execute(
            "CREATE VIEW marketing_ai.users AS SELECT NULL AS organization_id, '7' AS user_id, '1' AS contact_id,"
            " NULL AS email, NULL::TIMESTAMPTZ AS valid_from"
        )

    with pytest.raises(Rejected, match="a view of your own in place of the table: it is not changed"):
        load(tmp_path / "a.csv", ROWS, "--database", database, "--time-zone", "UTC")

    assert stored(database, "SELECT user_id FROM marketing_ai.users") == [("7",)]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (
            ["--map", "value=x"],
            "--map: write FIELD=COLUMN with one of the fields user_id, contact_id, email, valid_from",
        ),
        (["--date-format", "x"], "--date-format"),
        (["--organization", "mian"], "--organization: there is no account mian"),
    ],
)
def test_options_that_do_not_do_are_named(tmp_path: Path, database: Path, options: list[str], problem: str) -> None:
    """Before anything is stored."""
    with pytest.raises(SettingsError) as caught:
        load(tmp_path / "a.csv", ROWS.replace("2025-03-30", ""), "--database", database, *options)

    assert caught.value.problems[0].startswith(problem)
