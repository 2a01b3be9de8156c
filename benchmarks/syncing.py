"""Runs the `sendtrail sync` command as people do, in a process of its own."""

import os
import subprocess
import sys
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
    command = [sys.executable, "-m", "sendtrail.cli.app", "sync", "--api-url", url, "--database", str(database)]
    with subprocess.Popen(
        [*command, "--organization", ORGANIZATION, *options],
        cwd=database.parent,
        env={"PATH": "", "SENDTRAIL_API_KEY": KEY},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        output = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)  # which alone returns the usage of this one process
        process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise RuntimeError(f"the sync of {url} ended with status {process.returncode}: {output}")
    return Usage(peak_kib=usage.ru_maxrss, processor_s=usage.ru_utime + usage.ru_stime)
