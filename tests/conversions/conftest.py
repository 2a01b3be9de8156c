"""A database to load into."""

from pathlib import Path

import pytest

from sendtrail.local.duckdb_warehouse import DuckDbWarehouse


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a database with empty tables, in a folder without settings."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "warehouse.duckdb"
    DuckDbWarehouse(path).close()
    return path
