"""A database of each test's own."""

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def path(make_database: Callable[[Path], Path], tmp_path: Path) -> Path:
    """Give a database with all tables and views, and no rows."""
    return make_database(tmp_path / "warehouse.duckdb")
