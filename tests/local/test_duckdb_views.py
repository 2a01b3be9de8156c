"""The views in a DuckDB file: made on opening, kept up to date, and never over something of the customer's."""

from pathlib import Path

import duckdb
import pytest

from sendtrail.errors import SettingsError
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.warehouse.views import columns, description, names
from tests.contracts.samples import activities, opened

VIEWS = "SELECT view_name FROM duckdb_views() WHERE schema_name = 'marketing_ai' ORDER BY 1"


def _change(path: Path, *statements: str) -> None:
    with duckdb.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)


def _values(path: Path, sql: str) -> list[object]:
    with DuckDbWarehouse(path) as warehouse:
        return [row[0] for row in warehouse.query(sql).rows]


def test_a_new_file_has_every_view(tmp_path: Path) -> None:
    """Whoever opens it can query at once."""
    assert _values(tmp_path / "new.duckdb", VIEWS) == sorted(names())


def test_an_older_file_gets_the_views_when_it_is_opened(path: Path) -> None:
    """Its rows are where they were."""
    with DuckDbWarehouse(path) as warehouse:
        warehouse.merge(activities(opened()))
    _change(path, "DROP VIEW marketing_ai.touches", "DROP VIEW marketing_ai.daily_activity")

    assert _values(path, "SELECT contact_key FROM marketing_ai.touches") == ["1"]
    assert _values(path, VIEWS) == sorted(names())


def test_a_view_of_an_older_version_is_made_anew(path: Path) -> None:
    """An upgrade brings its own SQL."""
    _change(
        path,
        "CREATE OR REPLACE VIEW marketing_ai.machine_rules AS SELECT 'old' AS rule_id",
        "COMMENT ON VIEW marketing_ai.machine_rules IS 'One row is a rule. (Sendtrail''s view 000000000000)'",
    )

    assert "old" not in _values(path, "SELECT rule_id FROM marketing_ai.machine_rules")


def test_views_and_columns_say_what_they_are(path: Path) -> None:
    """The descriptions are in the file, for every tool that shows them."""
    comments = "SELECT comment FROM duckdb_columns() WHERE table_name = 'touches' AND schema_name = 'marketing_ai'"
    about = "SELECT comment FROM duckdb_views() WHERE view_name = 'touches'"

    assert _values(path, comments) == [column.description for column in columns("touches")]
    assert str(_values(path, about)[0]).startswith(description("touches"))


@pytest.mark.parametrize("thing", ["TABLE", "VIEW"])
def test_something_else_of_the_name_is_left_alone(tmp_path: Path, thing: str) -> None:
    """The file is not opened, and the sentence says what is in the way."""
    path = tmp_path / "theirs.duckdb"
    _change(path, "CREATE SCHEMA marketing_ai", f"CREATE {thing} marketing_ai.touches AS SELECT 1 AS mine")

    with pytest.raises(SettingsError, match=r"already has marketing_ai\.touches"):
        DuckDbWarehouse(path)
    with duckdb.connect(path) as connection:
        assert connection.execute("SELECT mine FROM marketing_ai.touches").fetchall() == [(1,)]


def test_the_customers_users_may_be_a_view(path: Path) -> None:
    """It is read as the table would be."""
    _change(
        path,
        "CREATE TABLE main.people AS SELECT 'u-1' AS id, 'ann@example.com' AS mail",
        "DROP TABLE marketing_ai.users",
        "CREATE VIEW marketing_ai.users AS SELECT NULL::VARCHAR AS organization_id, id AS user_id,"
        " NULL::VARCHAR AS contact_id, mail AS email, NULL::TIMESTAMPTZ AS valid_from FROM main.people",
    )
    with DuckDbWarehouse(path) as warehouse:
        warehouse.merge(activities(opened()))

    assert _values(path, "SELECT user_id FROM marketing_ai.user_mapping") == ["u-1"]


def test_the_customers_settings_stay(path: Path) -> None:
    """What the views are tuned by can be replaced."""
    _change(
        path,
        "CREATE TABLE main.tuned AS SELECT * REPLACE (7 AS active_days) FROM marketing_ai.view_settings",
        "DROP VIEW marketing_ai.view_settings",
        "CREATE VIEW marketing_ai.view_settings AS FROM main.tuned",
    )

    assert _values(path, "SELECT active_days FROM marketing_ai.view_settings") == [7]


def test_settings_without_all_columns_are_refused(path: Path) -> None:
    """The sentence names the view that cannot be made."""
    _change(
        path,
        "DROP VIEW marketing_ai.view_settings",
        "CREATE VIEW marketing_ai.view_settings AS SELECT 7 AS active_days",
        "DROP VIEW marketing_ai.contact_engagement",
    )

    with pytest.raises(SettingsError, match=r"contact_engagement cannot be created.*give yours all columns"):
        DuckDbWarehouse(path)
