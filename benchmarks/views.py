"""Every view over 10 million activities and 200,000 conversions, read from one snapshot, as the report does.

It measures the time of each view, of all together and of a whole report, and the memory. Both cores work most of the
time, so half of the processor's time is what they take where nothing else runs: compare that one between machines.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import orjson

from benchmarks.figures import Figure
from benchmarks.views_data import ACTIVITIES, CONVERSIONS, fill
from sendtrail.cli.report import write_report
from sendtrail.cli.settings.report_settings import ReportSettings
from sendtrail.clock import SystemClock
from sendtrail.local.duckdb_snapshot import DuckDbSnapshot, snapshot
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.warehouse.view_snapshot import ViewRequest, plan_views
from sendtrail.warehouse.views import READ_IN_PLACE, names

DATASET = "marketing_ai"
ALL_VIEWS_S, PEAK_GIB = 60.0, 4.0
GIBIBYTE_KB = 1024 * 1024
PROCESSOR = "processor"
FILL_MEMORY_LIMIT = "3GB"


def measure() -> list[Figure]:
    """Return the time of each view, of all together and of a report, and the memory; each step is a process."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "views.duckdb"
        _run("fill", database)
        peak_gib = _run("read", database) / GIBIBYTE_KB
        seconds: dict[str, float] = orjson.loads(_times(database).read_bytes())
        busy_s = seconds.pop(PROCESSOR)
        report_gib = _run("report", database) / GIBIBYTE_KB
        report: dict[str, float] = orjson.loads(_times(database).read_bytes())
    scenario = f"views, {ACTIVITIES:,} activities, {CONVERSIONS:,} conversions"
    return [
        *(Figure(scenario=scenario, name=view, value=took, unit=" s") for view, took in seconds.items()),
        Figure(scenario=scenario, name="all views", value=sum(seconds.values()), unit=" s", target=ALL_VIEWS_S),
        Figure(scenario=scenario, name="all views, processor / 2", value=busy_s / 2, unit=" s", target=ALL_VIEWS_S),
        Figure(scenario=scenario, name="peak", value=peak_gib, unit=" GiB", target=PEAK_GIB),
        Figure(scenario=scenario, name="sendtrail report", value=sum(report.values()), unit=" s"),
        Figure(scenario=scenario, name="sendtrail report, peak", value=report_gib, unit=" GiB"),
    ]


def _run(step: str, database: Path) -> int:
    """Run a step in a process of its own and return its peak resident memory (KiB)."""
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.views", step, str(database)])
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"the views could not be measured: step {step} ended with status {status}")
    return usage.ru_maxrss


def _make(database: Path) -> None:
    DuckDbWarehouse(database, dataset=DATASET).close()
    with duckdb.connect(database, config={"memory_limit": FILL_MEMORY_LIMIT}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        fill(connection, dataset=DATASET)


def _read(database: Path) -> None:
    with snapshot(database, dataset=DATASET) as views:
        began = time.process_time()
        seconds = _seconds(views)
        _times(database).write_bytes(orjson.dumps({**seconds, PROCESSOR: time.process_time() - began}))


def _seconds(views: DuckDbSnapshot) -> Mapping[str, float]:
    """Return how long each view takes: to make what is kept of it, and to read all of it."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for view in plan_views(ViewRequest(view=view) for view in names()):
        with _timed(seconds, view.name):
            views.create(view)
            _read_all(views, view.name)
    for name in READ_IN_PLACE:
        with _timed(seconds, name):
            _read_all(views, name)
    return seconds


def _read_all(views: DuckDbSnapshot, view: str) -> None:
    """Read a view; ANALYZE computes all rows and columns, and stores none."""
    views.connection.execute(f"EXPLAIN ANALYZE SELECT * FROM {views.source(view)}").fetchall()


@contextmanager
def _timed(seconds: defaultdict[str, float], name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds[name] += time.perf_counter() - began


def _report(database: Path) -> None:
    seconds: defaultdict[str, float] = defaultdict(float)
    settings = ReportSettings.read({"database": database, "dataset": DATASET, "output": database.with_suffix(".html")})
    with _timed(seconds, "report"):
        write_report(settings, clock=SystemClock())
    _times(database).write_bytes(orjson.dumps(seconds))


def _times(database: Path) -> Path:
    return database.with_suffix(".json")


if __name__ == "__main__":
    {"fill": _make, "read": _read, "report": _report}[sys.argv[1]](Path(sys.argv[2]))
