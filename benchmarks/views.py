"""Every view over 10 million activities and 200,000 conversions: how long each takes, all together, and the memory."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import orjson

from benchmarks.figures import Figure
from benchmarks.views_data import ACTIVITIES, CONVERSIONS, fill
from sendtrail.local.warehouse import DuckDbWarehouse
from sendtrail.views import names

DATASET = "marketing_ai"
ALL_VIEWS_S, PEAK_GIB = 60.0, 4.0
GIBIBYTE_KB = 1024 * 1024
# What is left for DuckDB of 4 GiB when Python and DuckDB's own buffers have taken theirs.
MEMORY_LIMIT = "3GB"


def measure() -> list[Figure]:
    """Return the time of each view, that of all together and the peak memory of the process that read them."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "views.duckdb"
        _run("fill", database)
        peak_gib = _run("read", database) / GIBIBYTE_KB
        seconds: dict[str, float] = orjson.loads(_times(database).read_bytes())
    scenario = f"views, {ACTIVITIES:,} activities, {CONVERSIONS:,} conversions"
    return [
        *(Figure(scenario=scenario, name=view, value=took, unit=" s") for view, took in seconds.items()),
        Figure(scenario=scenario, name="all views", value=sum(seconds.values()), unit=" s", target=ALL_VIEWS_S),
        Figure(scenario=scenario, name="peak", value=peak_gib, unit=" GiB", target=PEAK_GIB),
    ]


def _run(step: str, database: Path) -> int:
    """Run a step in a process of its own and return its peak resident memory (KiB)."""
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.views", step, str(database)])
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"the views could not be measured: {step} ended with status {status}")
    return usage.ru_maxrss


def _make(database: Path) -> None:
    DuckDbWarehouse(database, dataset=DATASET).close()
    with _open(database) as connection:
        fill(connection, dataset=DATASET)


def _read(database: Path) -> None:
    with _open(database) as connection:
        seconds = {view: _seconds(connection, view) for view in names()}
    _times(database).write_bytes(orjson.dumps(seconds))


def _seconds(connection: duckdb.DuckDBPyConnection, view: str) -> float:
    """Return how long it takes to read all of a view; ANALYZE computes every row and column, and keeps none."""
    began = time.perf_counter()
    connection.execute(f"EXPLAIN ANALYZE SELECT * FROM {DATASET}.{view}").fetchall()
    return time.perf_counter() - began


def _open(database: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(database, config={"memory_limit": MEMORY_LIMIT})
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def _times(database: Path) -> Path:
    return database.with_suffix(".json")


if __name__ == "__main__":
    {"fill": _make, "read": _read}[sys.argv[1]](Path(sys.argv[2]))
