"""A sync as people run it: the `sendtrail sync` command, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.account import KEY

ORGANIZATION = "bench"


def sync(url: str, database: Path, *options: str) -> int:
    """Sync an account into a database and return the peak resident memory of it (KiB)."""
    command = [sys.executable, "-m", "sendtrail.cli.app", "sync", "--api-url", url, "--database", str(database)]
    with subprocess.Popen(
        [*command, "--organization", ORGANIZATION, *options],
        cwd=database.parent,
        env={"PATH": "", "SENDTRAIL_API_KEY": KEY},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        said = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)  # which alone tells the memory of this one process
        process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise RuntimeError(f"the sync of {url} ended with status {process.returncode}: {said}")
    return usage.ru_maxrss
