"""The DuckDB file: what it survives, and what it is made of."""

from pathlib import Path

import pytest

from sendtrail.errors import Rejected
from sendtrail.local.commit_journal import INTERNAL
from sendtrail.local.duckdb_warehouse import SLICE_SIZE, DuckDbWarehouse
from sendtrail.warehouse.rows import Table
from sendtrail.warehouse.tables import CONTACTS_SEEN, definition
from sendtrail.warehouse.views import CUSTOMER_TABLES
from tests.contracts.samples import activities, contact, contacts, opened
from tests.fakes import NOON
from tests.local.processes import finished, killed_after

MERGE_FOR_EVER = """
import sys
from pathlib import Path
from sendtrail.local.commit_journal import INTERNAL
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from tests.contracts.samples import activities, opened

warehouse = DuckDbWarehouse(Path(sys.argv[1]))
for batch in range(1, 1_000_000):
    warehouse.merge(activities(*(opened(contact_id=f"{batch}-{number}") for number in range(10))))
    print(batch, flush=True)
"""
FILL_THE_DISK = """
import resource, sys
from pathlib import Path
from sendtrail.errors import Unavailable
from sendtrail.local.commit_journal import INTERNAL
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from tests.contracts.samples import activities, opened

warehouse = DuckDbWarehouse(Path(sys.argv[1]))
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, hard))
merged = 0
def merge():
    ids = range(merged * 1000, merged * 1000 + 1000)
    warehouse.merge(activities(*(opened(contact_id=str(number)) for number in ids)))
try:
    while True:
        merge()
        merged += 1
except Unavailable as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
merge()
counts = "SELECT count(*), count(DISTINCT contact_id) FROM marketing_ai.email_activities"
[(rows, contacts)] = warehouse.query(counts).rows
print(rows == contacts == (merged + 1) * 1000)
"""
COUNT_ACTIVITIES = "SELECT count(*) FROM marketing_ai.email_activities"


def _value(warehouse: DuckDbWarehouse, sql: str) -> object:
    [(value,)] = warehouse.query(sql).rows
    return value


def test_rows_are_there_when_the_file_is_opened_again(path: Path) -> None:
    """A closed file is whole: nothing is left beside it."""
    with DuckDbWarehouse(path) as warehouse:
        warehouse.merge(activities(opened()))

    assert [file.name for file in path.parent.iterdir()] == [path.name]
    with DuckDbWarehouse(path) as warehouse:
        assert _value(warehouse, COUNT_ACTIVITIES) == 1


def test_what_was_merged_survives_a_kill(path: Path) -> None:
    """Kill -9 costs no batch that merge() has returned from, and leaves no half of one, and no staging table."""
    merged = int(killed_after(20, MERGE_FOR_EVER, path))

    with DuckDbWarehouse(path) as warehouse:
        rows = _value(warehouse, COUNT_ACTIVITIES)
        tables = _value(warehouse, "SELECT list(table_name ORDER BY table_name) FROM duckdb_tables()")
    assert isinstance(rows, int)
    assert rows >= merged * 10
    assert rows % 10 == 0
    assert tables == sorted({*Table, *CUSTOMER_TABLES, CONTACTS_SEEN, "identity", "commits", "schema_versions"})


def test_a_full_disk_leaves_nothing_half_written(path: Path) -> None:
    """The error says what to do, and the same warehouse goes on once there is space."""
    message, goes_on = finished(FILL_THE_DISK, path)

    assert message.endswith("is full: free some space and run the same command again; nothing is lost")
    assert goes_on == "True"


def test_a_file_that_many_syncs_added_to_is_packed(path: Path) -> None:
    """Each adds a few rows; if these were stored apart, every query would have to read as many places."""
    for sync in range(5):
        with DuckDbWarehouse(path) as warehouse:
            warehouse.merge(activities(opened(contact_id=str(sync))))

    with DuckDbWarehouse(path) as warehouse:
        row_groups = "SELECT count(DISTINCT row_group_id) FROM pragma_storage_info('marketing_ai.email_activities')"
        assert _value(warehouse, row_groups) == 1


def test_columns_carry_their_descriptions(path: Path) -> None:
    """The same words as in BigQuery."""
    with DuckDbWarehouse(path) as warehouse:
        result = warehouse.query(
            "SELECT column_name, comment, is_nullable FROM duckdb_columns()"
            " WHERE table_name = $table ORDER BY column_index",
            {"table": Table.EMAIL_ACTIVITIES.value},
        )
        described = list(result.rows)

    expected = definition(Table.EMAIL_ACTIVITIES).columns
    assert described == [(column.name, column.description, column.mode != "REQUIRED") for column in expected]


def test_the_dataset_has_the_name_it_is_given(tmp_path: Path) -> None:
    """Tables are in the dataset, what they pass through beside it."""
    with DuckDbWarehouse(tmp_path / "data.duckdb", dataset="crm") as warehouse:
        schemas = _value(warehouse, "SELECT list(DISTINCT schema_name ORDER BY schema_name) FROM duckdb_tables()")

    assert schemas == ["crm", "crm_staging", INTERNAL]


def test_rows_that_do_not_fit_are_rejected(path: Path) -> None:
    """Bad rows fail for good, and cost nothing of what else there is."""
    bad = {**{column.name: None for column in definition(Table.CAMPAIGNS).columns}}
    with DuckDbWarehouse(path) as warehouse:
        with pytest.raises(Rejected, match="refuses the rows"):
            warehouse.merge(contacts(bad))
        warehouse.merge(activities(opened()))

        assert _value(warehouse, COUNT_ACTIVITIES) == 1


def test_a_batch_of_wide_rows_is_merged_in_slices(path: Path) -> None:
    """Contacts with hundreds of tags fit into the same memory, each of them once."""
    tags = tuple(f"tag {number} {'x' * 80}" for number in range(400))
    rows = [contact(contact_id=number, tags=tags) for number in range(3 * SLICE_SIZE // 40_000)]

    with DuckDbWarehouse(path) as warehouse:
        assert warehouse.merge(contacts(*rows, *rows[:5])) == len(rows)
        assert warehouse.mark_vanished("acme", pass_id="pass-1", seen=len(rows), at=NOON) == 0


def test_nothing_outside_the_file_can_be_reached(path: Path) -> None:
    """No extension is downloaded and no other file is read."""
    with DuckDbWarehouse(path) as warehouse:
        settings = [
            _value(warehouse, f"SELECT current_setting('{name}')")
            for name in ("autoinstall_known_extensions", "autoload_known_extensions", "enable_external_access")
        ]

    assert settings == [False, False, False]
