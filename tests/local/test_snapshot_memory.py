"""How much memory a snapshot of a file may take."""

from pathlib import Path

import pytest

from sendtrail.local.duckdb_snapshot import MOST_MEMORY_GIB, memory_allowed_gib, snapshot
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse

DATASET = "marketing_ai"


@pytest.mark.parametrize(("own_gib", "allowed_gib"), [(0.8, 1.9), (3.0, 1.9), (4.8, 2.4), (6.0, 3.0), (200.0, 3.0)])
def test_a_large_machine_lets_it_use_more(own_gib: float, allowed_gib: float) -> None:
    """From what reading always may use up to the bound, and never more than half of what DuckDB takes by itself."""
    assert memory_allowed_gib(1.9, own_gib=own_gib) == allowed_gib


def test_the_limit_is_set_for_the_snapshot(tmp_path: Path) -> None:
    """Whatever this machine has, and not DuckDB's own, which is most of it."""
    database = tmp_path / "sendtrail.duckdb"
    DuckDbWarehouse(database, dataset=DATASET).close()
    with snapshot(database, dataset=DATASET) as views:
        [(limit,)] = views.query("SELECT current_setting('memory_limit') AS value").rows

    number, unit = limit.split()
    assert unit == "GiB"
    assert 1.8 <= float(number) <= MOST_MEMORY_GIB
