"""A database of each test's own."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def path(empty_database: Path, tmp_path: Path) -> Path:
    """Give a database with all tables and views, and no rows."""
    return shutil.copy(empty_database, tmp_path / "warehouse.duckdb")
