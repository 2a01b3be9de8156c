"""A database to load into."""

from pathlib import Path

import pytest

from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from tests.conversions.commands import synced


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a database into which the account `main` was synced, without rows, in a folder without settings."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "warehouse.duckdb"
    with DuckDbWarehouse(path) as warehouse:
        synced(warehouse, "main")
    return path
