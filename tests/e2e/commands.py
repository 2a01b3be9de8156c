"""The command in a process of its own, against a simulated account that may stop it at a request."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sendtrail.simulator import Failure, FailureKind
from sendtrail.simulator.failures import Injected
from tests.e2e.conftest import Pipeline


def start(line: Pipeline, *options: str, **variables: str) -> "subprocess.Popen[str]":
    """Start `sendtrail sync` against an account."""
    command = [sys.executable, "-m", "sendtrail.cli.app", "sync", "--all", "--requests-per-second", "1000"]
    command += ["--api-url", line.url, "--database", str(line.database), *options]
    environment = {"SENDTRAIL_API_KEY": line.account.api_key, "PATH": os.environ["PATH"], "COLUMNS": "200", **variables}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finish(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """Return the exit code and all that was printed."""
    output, _ = process.communicate()
    return process.returncode, output


def sync(line: Pipeline, *options: str, **variables: str) -> tuple[int, str]:
    """Run `sendtrail sync` to its end, with further variables in its environment."""
    return finish(start(line, *options, **variables))


class Gate(Injected):
    """Stops the account, and with it whoever reads it, at a request; from then on it is slow."""

    def __init__(self, at_request: int) -> None:
        super().__init__([Failure(kind=FailureKind.SLOW, times=None, after=at_request, seconds=0.5)])
        self._left = at_request
        self.reached, self.opened = threading.Event(), threading.Event()

    def due(self, target: str) -> Failure | None:
        """Answer no request at all until the gate is opened."""
        self._left -= 1
        if self._left == 0:
            self.reached.set()
            self.opened.wait()
        return super().due(target)


@contextmanager
def syncing(line: Pipeline, *options: str, at_request: int) -> Iterator["subprocess.Popen[str]"]:
    """Start a sync that comes as far as a request, and goes on after the block."""
    gate = Gate(at_request)
    line.account.failures = gate
    process = start(line, *options)
    try:
        gate.reached.wait()
        yield process
    finally:
        gate.opened.set()
