"""Peak memory of a whole sync process: a campaign of a million openers compared with one of a hundred thousand."""

import tempfile
from pathlib import Path

from benchmarks.account import simulated
from benchmarks.figures import Figure
from benchmarks.syncing import sync

SMALL, LARGE = 100_000, 1_000_000
MEBIBYTE_KIB = 1024


def measure() -> list[Figure]:
    """Return the peak memory of both syncs and their ratio."""
    small, large = peak_mib(SMALL), peak_mib(LARGE)
    return [
        Figure(scenario="memory", name=f"{SMALL:,} openers, peak", value=small, unit=" MiB"),
        Figure(scenario="memory", name=f"{LARGE:,} openers, peak", value=large, unit=" MiB"),
        Figure(scenario="memory", name="ratio", value=large / small, target=1.10),
    ]


def peak_mib(openers: int) -> float:
    """Return the peak resident memory (MiB) of a process that syncs one campaign with this many openers."""
    with simulated({"campaigns": 1, "openers": openers, "rate": 0}) as account, tempfile.TemporaryDirectory() as folder:
        options = ["--all", "--no-contacts", "--requests-per-second", "1000"]
        return sync(account.url, Path(folder) / "bench.duckdb", *options).peak_kib / MEBIBYTE_KIB
