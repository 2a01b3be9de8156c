"""Runs the `sendtrail` command as people do, in a process of its own."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.account import KEY

ORGANIZATION = "bench"
# A process counts the memory of the one that started it, whose copy it is at first: so a small one starts it.
STARTER = """
import os, sys
_, status, usage = os.wait4(os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ), 0)
with open(sys.argv[1], "w") as file:
    file.write(f"{usage.ru_maxrss} {usage.ru_utime + usage.ru_stime}")
sys.exit(status != 0)
"""


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
    command = [sys.executable, "-m", "sendtrail.cli.app", *words]
    with tempfile.TemporaryDirectory() as beside:
        used = Path(beside) / "used"
        done = subprocess.run(
            [sys.executable, "-S", "-c", STARTER, str(used), *command],
            cwd=folder,
            env={"PATH": "", "SENDTRAIL_API_KEY": KEY},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"sendtrail {' '.join(words)} failed: {done.stdout}")
        peak_kib, processor_s = used.read_text(encoding="utf-8").split()
    return Usage(peak_kib=int(peak_kib), processor_s=float(processor_s))
