"""The two engines, each made once a session."""

from typing import Any

import pytest

from tests.views.engines import BigQueryEngine, DuckDbEngine, Engine


@pytest.fixture(scope="session")
def duckdb_engine() -> DuckDbEngine:
    """Give the views on DuckDB."""
    return DuckDbEngine()


@pytest.fixture(scope="session")
def bigquery_engine(bigquery_client: Any) -> BigQueryEngine:
    """Give the views on the BigQuery emulator."""
    return BigQueryEngine(bigquery_client)


@pytest.fixture(params=["duckdb", "bigquery"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Give one engine after the other."""
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    return engine
