"""The engines, which hold all cases."""

from collections.abc import Callable

import pytest

from tests.views.engines import DuckDbEngine, Engine, bigquery_with_cases, duckdb_with_cases

Engines = Callable[..., Engine]


@pytest.fixture(scope="session")
def duckdb_engine() -> DuckDbEngine:
    """Give DuckDB without a row, for a test to fill."""
    return DuckDbEngine("filled_by_a_test")


@pytest.fixture(params=["duckdb", "bigquery"])
def engines(request: pytest.FixtureRequest) -> Engines:
    """Give the engines of DuckDB, then those of the BigQuery emulator."""
    if request.param == "duckdb":
        return duckdb_with_cases
    client = request.getfixturevalue("bigquery_client")
    return lambda *, gives_views: bigquery_with_cases(client, gives_views=gives_views)
