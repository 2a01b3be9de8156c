"""The views in a DuckDB file answer the same whatever time zone the program that opens it is in."""

from collections.abc import Iterator

import pytest

from sendtrail.warehouse.views import names
from tests.views.engines import DuckDbEngine, duckdb_with_cases

FAR_EAST = "Pacific/Kiritimati"  # its day begins 14 hours before that of UTC


@pytest.fixture
def engine() -> Iterator[DuckDbEngine]:
    """Give the cases, in a session that may change its zone."""
    engine = duckdb_with_cases(gives_views=False)
    yield engine
    engine.connection.execute("SET TimeZone = 'UTC'; DROP TABLE IF EXISTS here; DROP TABLE IF EXISTS there")


@pytest.mark.parametrize("view", names())
def test_a_view_does_not_depend_on_the_zone_of_the_session(view: str, engine: DuckDbEngine) -> None:
    """DuckDB takes that of the machine: an analyst's is seldom UTC."""
    engine.create(view)
    for zone, table in (("UTC", "here"), (FAR_EAST, "there")):
        engine.connection.execute(f"SET TimeZone = '{zone}'")
        engine.connection.execute(f"CREATE TEMP TABLE {table} AS SELECT * FROM {engine.dataset}.{view}")

    differing = "(FROM here EXCEPT ALL FROM there) UNION ALL (FROM there EXCEPT ALL FROM here)"
    assert engine.connection.execute(f"SELECT COUNT(*) FROM ({differing})").fetchone() == (0,)
