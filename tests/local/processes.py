"""Programs that a test runs beside itself."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@contextmanager
def running(program: str, *arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    """Run a Python program until the block ends, and kill it then."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    # A program that waits for its input gets no end of it.
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


def finished(program: str, *arguments: str | Path) -> list[str]:
    """Run a Python program to its end and return the lines it printed."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, check=True)
    return result.stdout.splitlines()


def killed_after(lines: int, program: str, *arguments: str | Path) -> str:
    """Run a Python program, kill -9 it once it has printed so many lines, and return the last of them."""
    with running(program, *arguments) as process:
        assert process.stdout is not None
        return [process.stdout.readline() for _ in range(lines)][-1].strip()
