"""Peak memory of loading a file of conversions: a million rows compared with a hundred thousand."""

import tempfile
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.memory import LARGE, MEBIBYTE_KIB, SMALL
from benchmarks.syncing import Usage, run
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse

HEADER = "order_id,email,date,total,currency\n"
BUYERS = 50_000


def measure() -> list[Figure]:
    """Return the peak memory of both loads and their ratio, and the rows per second of one core."""
    small, large = load(SMALL), load(LARGE)
    return [
        _figure(f"{SMALL:,} rows, peak", small.peak_kib / MEBIBYTE_KIB, unit=" MiB"),
        _figure(f"{LARGE:,} rows, peak", large.peak_kib / MEBIBYTE_KIB, unit=" MiB"),
        Figure(scenario="conversions", name="ratio", value=large.peak_kib / small.peak_kib, target=1.10),
        _figure("rows per second of one core", LARGE / large.processor_s, unit=""),
    ]


def load(rows: int) -> Usage:
    """Load a file with this many conversions into an empty database and return the resources used."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "orders.csv"
        with file.open("w") as lines:
            lines.write(HEADER)
            lines.writelines(
                f"order-{n},user{n % BUYERS}@example.com,2025-03-{n % 28 + 1:02} 14:05:00,{n % 1000}.50,EUR\n"
                for n in range(rows)
            )
        database = file.with_suffix(".duckdb")
        DuckDbWarehouse(database).close()
        words = ["conversions", "load", str(file), "--time-zone", "UTC", "--new-organization"]
        return run([*words, "--database", str(database)], folder=Path(name))


def _figure(name: str, value: float, *, unit: str) -> Figure:
    return Figure(scenario="conversions", name=name, value=value, unit=unit)
