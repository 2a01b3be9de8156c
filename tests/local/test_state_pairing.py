"""A state file belongs to one dataset of one database."""

from pathlib import Path

import pytest

from sendtrail.errors import SettingsError
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.sqlite_state import SqliteState
from sendtrail.local.state_pairing import pair
from tests.fakes import FakeClock


def try_to_pair(state_file: Path, database: Path, *, dataset: str = "marketing_ai") -> None:
    """Open both and tie them to each other."""
    with DuckDbWarehouse(database, dataset=dataset) as warehouse, SqliteState(state_file, clock=FakeClock()) as state:
        pair(state, warehouse, state_file=state_file, database=database)


def test_a_pair_stays_a_pair(tmp_path: Path) -> None:
    """However often it is opened."""
    for _ in range(2):
        try_to_pair(tmp_path / "state", tmp_path / "data.duckdb")


def test_a_state_beside_a_new_database_is_refused(tmp_path: Path) -> None:
    """It records rows that the new database does not contain."""
    try_to_pair(tmp_path / "state", tmp_path / "data.duckdb")
    (tmp_path / "data.duckdb").unlink()

    with pytest.raises(SettingsError, match="move it away"):
        try_to_pair(tmp_path / "state", tmp_path / "data.duckdb")


def test_a_state_is_refused_for_another_dataset_of_the_same_file(tmp_path: Path) -> None:
    """The other dataset is empty."""
    try_to_pair(tmp_path / "state", tmp_path / "data.duckdb")

    with pytest.raises(SettingsError, match="--dataset"):
        try_to_pair(tmp_path / "state", tmp_path / "data.duckdb", dataset="other")


def test_a_new_state_goes_with_any_database(tmp_path: Path) -> None:
    """What the old state recorded is read again."""
    try_to_pair(tmp_path / "state", tmp_path / "data.duckdb")

    try_to_pair(tmp_path / "new", tmp_path / "data.duckdb")
