"""Peak memory of a whole sync process: a campaign of a million openers against one of a hundred thousand."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.figures import Figure

SMALL, LARGE = 100_000, 1_000_000
KEY = "simulated-key"
MEBIBYTE_KB = 1024


def measure() -> list[Figure]:
    """Return the peak memory of both syncs and their ratio."""
    small, large = peak_mib(SMALL), peak_mib(LARGE)
    return [
        Figure(scenario="memory", name=f"{SMALL:,} openers, peak", value=small, unit=" MiB"),
        Figure(scenario="memory", name=f"{LARGE:,} openers, peak", value=large, unit=" MiB"),
        Figure(scenario="memory", name="ratio", value=large / small, target=1.10),
    ]


def peak_mib(openers: int) -> float:
    """Return the peak resident memory (MiB) of a process that syncs one campaign of so many openers."""
    with tempfile.TemporaryDirectory() as folder, _account(openers) as url:
        command = [sys.executable, "-m", "sendtrail.cli.app", "sync", "--all", "--no-contacts", "--api-url", url]
        command += ["--requests-per-second", "1000", "--database", str(Path(folder) / "bench.duckdb")]
        process = subprocess.Popen(
            command, cwd=folder, env={"PATH": "", "SENDTRAIL_API_KEY": KEY}, stdout=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise RuntimeError(f"the sync of {openers:,} openers ended with status {status}")
        return usage.ru_maxrss / MEBIBYTE_KB


@contextmanager
def _account(openers: int) -> Iterator[str]:
    command = [sys.executable, "-m", "simulator", "--campaigns", "1", "--openers", str(openers), "--rate", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            found = re.search(r"http://\S+", line)
            if not found:
                raise RuntimeError(f"the simulator did not say where it is: {line!r}")
            yield found.group()
        finally:
            process.terminate()
