"""Both engines, filled with all cases once."""

import pytest

from tests.attribution.cases import load_cases
from tests.attribution.engines import BigQuery, DuckDb, Engine


@pytest.fixture(scope="session")
def duckdb_engine() -> Engine:
    """Give DuckDB."""
    engine = DuckDb()
    engine.give(load_cases())
    return engine


@pytest.fixture(scope="session")
def bigquery_engine(request: pytest.FixtureRequest) -> Engine:
    """Give the BigQuery emulator."""
    engine = BigQuery(request.getfixturevalue("bigquery_client"))
    engine.give(load_cases())
    return engine


@pytest.fixture(params=["duckdb_engine", "bigquery_engine"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Give each engine."""
    engine: Engine = request.getfixturevalue(request.param)
    return engine
