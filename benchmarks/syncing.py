"""Runs the `sendtrail` command as people do, in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.account import KEY

ORGANIZATION = "bench"


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """The resources that a process used: its peak memory and the processor's time."""

    peak_kib: int
    processor_s: float


def sync(url: str, database: Path, *options: str) -> Usage:
    """Sync an account into a database and return the resources used."""
    words = ["sync", "--api-url", url, "--database", str(database), "--organization", ORGANIZATION, *options]
    return run(words, folder=database.parent)


def run(words: Sequence[str], *, folder: Path) -> Usage:
    """Run a command of `sendtrail` in a folder and return the resources used."""
    with subprocess.Popen(
        [sys.executable, "-m", "sendtrail.cli.app", *words],
        cwd=folder,
        env={"PATH": "", "SENDTRAIL_API_KEY": KEY},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        output = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)  # which alone returns the usage of this one process
        process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise RuntimeError(f"sendtrail {' '.join(words)} ended with status {process.returncode}: {output}")
    return Usage(peak_kib=usage.ru_maxrss, processor_s=usage.ru_utime + usage.ru_stime)
