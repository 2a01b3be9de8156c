"""Memory: little by default, more for a batch that needs it."""

from pathlib import Path

import pytest

from sendtrail.errors import Unavailable
from sendtrail.local.duckdb_connection import DuckDbSettings
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.warehouse.rows import Batch
from tests.contracts.samples import contact, contacts

SCANT = DuckDbSettings(memory_limit="32MB", ample_memory_limit="32MB")


def a_wide_batch() -> Batch:
    """Return a batch of one row of 20 MB."""
    return contacts(contact(contact_id=1, tags=tuple(f"{number:0200}" for number in range(100_000))))


def test_rows_too_wide_for_the_usual_memory_are_merged_all_the_same(tmp_path: Path) -> None:
    """They are merged with more memory, which is released afterwards."""
    with DuckDbWarehouse(tmp_path / "data.duckdb") as warehouse:
        assert warehouse.merge(a_wide_batch()) == 1
        assert next(warehouse.query("SELECT COUNT(*) FROM marketing_ai.contacts").rows) == (1,)


def test_a_batch_that_no_memory_is_enough_for_changes_nothing(tmp_path: Path) -> None:
    """The error is one to retry, and the warehouse can still be used."""
    with DuckDbWarehouse(tmp_path / "data.duckdb", settings=SCANT) as warehouse:
        with pytest.raises(Unavailable, match="Memory"):
            warehouse.merge(a_wide_batch())

        assert warehouse.merge(contacts(contact(contact_id=1))) == 1
