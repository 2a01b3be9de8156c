"""How much memory a snapshot of a file may take."""

from pathlib import Path

import duckdb

from sendtrail.local.duckdb_snapshot import MOST_MEMORY_GIB, snapshot
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse

DATASET = "marketing_ai"


def test_it_is_bounded_whatever_the_machine_has(tmp_path: Path) -> None:
    """At least what reading always may, at most what is promised, and in DuckDB's own words either way."""
    database = tmp_path / "sendtrail.duckdb"
    DuckDbWarehouse(database, dataset=DATASET).close()
    with snapshot(database, dataset=DATASET) as views:
        [(limit,)] = views.query("SELECT current_setting('memory_limit') AS value").rows

    with duckdb.connect(config={"memory_limit": limit}):
        pass
    number, unit = limit.split()
    assert unit == "GiB"
    assert 1.8 <= float(number) <= MOST_MEMORY_GIB
