"""A sync as people run it: the `sendtrail sync` command, in a process of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.account import KEY

ORGANIZATION = "bench"


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """What a process took: the most memory that it had at once, and the processor's time."""

    peak_kib: int
    processor_s: float


def sync(url: str, database: Path, *options: str) -> Usage:
    """Sync an account into a database and return what that took."""
    command = [sys.executable, "-m", "sendtrail.cli.app", "sync", "--api-url", url, "--database", str(database)]
    with subprocess.Popen(
        [*command, "--organization", ORGANIZATION, *options],
        cwd=database.parent,
        env={"PATH": "", "SENDTRAIL_API_KEY": KEY},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        said = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)  # which alone tells what this one process took
        process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise RuntimeError(f"the sync of {url} ended with status {process.returncode}: {said}")
    return Usage(peak_kib=usage.ru_maxrss, processor_s=usage.ru_utime + usage.ru_stime)
