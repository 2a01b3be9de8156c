"""Tables of other versions: what an older file lacks is added, what a newer one has more is left alone."""

from pathlib import Path

import duckdb
import pytest

from sendtrail.errors import SettingsError
from sendtrail.local import duckdb_schema
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.warehouse.rows import Table
from sendtrail.warehouse.tables import CONTACTS_SEEN, definition
from sendtrail.warehouse.views import CUSTOMER_TABLES
from tests.contracts.samples import activities, contact, contacts, opened

OWN = [table for table in Table if table not in CUSTOMER_TABLES]
NULLABLE = [
    (schema, table, column.name)
    for schema, table in [*(("marketing_ai", each) for each in OWN), ("marketing_ai_staging", CONTACTS_SEEN)]
    for column in definition(table).columns
    if column.mode != "REQUIRED"
]


def change(path: Path, sql: str) -> None:
    """Change a file as another program does."""
    with duckdb.connect(path) as connection:
        connection.execute(sql)


def columns(path: Path, table: str) -> set[str]:
    """Return the names of a table's columns."""
    with duckdb.connect(path, read_only=True) as connection:
        return {name for name, *_ in connection.execute(f"DESCRIBE marketing_ai.{table}").fetchall()}


def without_views(path: Path) -> None:
    """Drop the views, so that columns can be dropped that they read."""
    with duckdb.connect(path) as connection:
        views = connection.execute(
            "SELECT view_name FROM duckdb_views() WHERE schema_name = 'marketing_ai' AND NOT internal"
        ).fetchall()
        for (view,) in views:
            connection.execute(f'DROP VIEW IF EXISTS marketing_ai."{view}" CASCADE')


def test_every_column_that_may_be_null_is_added_to_an_older_file(path: Path) -> None:
    """All of them at once, with their descriptions; rows can be merged then."""
    without_views(path)
    with duckdb.connect(path) as connection:
        for schema, table, column in NULLABLE:
            connection.execute(f'ALTER TABLE {schema}.{table} DROP COLUMN "{column}"')

    with DuckDbWarehouse(path) as warehouse:
        assert warehouse.merge(activities(opened())) == 1
        assert warehouse.merge(contacts(contact(contact_id=1))) == 1
        [(undescribed,)] = warehouse.query(
            "SELECT count(*) FROM duckdb_columns() WHERE schema_name = 'marketing_ai' AND comment IS NULL"
            " AND table_name IN ('contacts', 'email_activities')"
        ).rows

    assert undescribed == 0
    for table in OWN:
        assert columns(path, table) == {column.name for column in definition(table).columns}


def test_columns_and_tables_of_a_newer_version_are_left_alone(path: Path) -> None:
    """Rows are merged, and have no value there."""
    change(path, "ALTER TABLE marketing_ai.contacts ADD COLUMN score BIGINT; CREATE TABLE marketing_ai.more (i INT)")

    with DuckDbWarehouse(path) as warehouse:
        warehouse.merge(contacts(contact(contact_id=1)))
        assert list(warehouse.query("SELECT score FROM marketing_ai.contacts").rows) == [(None,)]


def test_every_table_carries_its_version(path: Path) -> None:
    """Also after several openings, once."""
    DuckDbWarehouse(path).close()

    with duckdb.connect(path) as connection:
        rows = connection.execute(
            "SELECT table_name, version FROM sendtrail_internal.schema_versions WHERE dataset = 'marketing_ai'"
        ).fetchall()
    assert sorted(rows) == sorted((table, duckdb_schema.SCHEMA_VERSION) for table in [*map(str, OWN), CONTACTS_SEEN])


def test_a_newer_version_that_older_programs_can_use_is_used_and_stays(path: Path) -> None:
    """Its number is not lowered."""
    change(path, "UPDATE sendtrail_internal.schema_versions SET version = 99")

    DuckDbWarehouse(path).close()

    with duckdb.connect(path) as connection:
        versions = connection.execute("SELECT DISTINCT version FROM sendtrail_internal.schema_versions").fetchall()
    assert versions == [(99,)]


def test_a_newer_version_that_older_programs_cannot_use_is_refused(path: Path) -> None:
    """One sentence says which table, and what to do."""
    change(
        path,
        "UPDATE sendtrail_internal.schema_versions SET version = 99, oldest_reader = 98 WHERE table_name = 'contacts'",
    )
    before = path.read_bytes()

    with pytest.raises(SettingsError, match=r"marketing_ai\.contacts was changed by a newer Sendtrail.*upgrade"):
        DuckDbWarehouse(path)
    assert path.read_bytes() == before


def test_an_older_version_is_raised(path: Path) -> None:
    """The columns of this version are there now."""
    change(path, "UPDATE sendtrail_internal.schema_versions SET version = 0, oldest_reader = 0")

    DuckDbWarehouse(path).close()

    with duckdb.connect(path) as connection:
        versions = connection.execute("SELECT DISTINCT version FROM sendtrail_internal.schema_versions").fetchall()
    assert versions == [(duckdb_schema.SCHEMA_VERSION,)]


def test_a_column_of_another_type_is_named(path: Path) -> None:
    """Somebody has changed it; nothing is converted without asking."""
    without_views(path)
    change(path, "ALTER TABLE marketing_ai.contacts ALTER phone TYPE BIGINT")

    with pytest.raises(SettingsError, match=r"marketing_ai\.contacts\.phone is of type BIGINT, and not VARCHAR"):
        DuckDbWarehouse(path)
