"""An emulator as a process: started on loopback, ready when it answers, gone with all its children afterwards."""

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from sendtrail.clock import SystemClock
from sendtrail.errors import SendtrailError

HOST = "127.0.0.1"
START_S = 300.0  # ends what hangs: a busy machine takes a minute
STOP_S = 10.0
LOG_TAIL = 2_000


class EmulatorMissing(SendtrailError):
    """An emulator that this machine does not have; the text says what to install."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Emulator:
    """How an emulator is started, where it writes, and the path that it answers with 200 as soon as it is ready."""

    name: str
    command: Sequence[str]
    port: int
    log: Path
    ready_path: str = "/"
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Return its host and port."""
        return f"{HOST}:{self.port}"


@contextmanager
def running(emulator: Emulator) -> Iterator[str]:
    """Run an emulator for as long as the block lasts, and yield its address."""
    with emulator.log.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - the command is this package's own
            emulator.command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, **emulator.environment},
            start_new_session=True,  # a group of its own: the starters of the emulators are shells with Java below them
        )
    try:
        _wait(emulator, has_ended=lambda: process.poll() is not None)
        yield emulator.address
    finally:
        _stop(process)


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listened on a moment ago, one after the other."""
    while True:
        with socket.socket() as first:
            first.bind((HOST, 0))
            port: int = first.getsockname()[1]
        ports = list(range(port, port + count))
        if all(_is_free(candidate) for candidate in ports):
            return ports


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _wait(emulator: Emulator, *, has_ended: Callable[[], bool]) -> None:
    clock = SystemClock()
    end = clock.monotonic() + START_S
    while not _answers(emulator):
        if has_ended() or clock.monotonic() > end:
            tail = emulator.log.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL:]
            raise SendtrailError(f"the {emulator.name} emulator did not start:\n{tail}")
        clock.sleep(0.1)


def _answers(emulator: Emulator) -> bool:
    connection = HTTPConnection(HOST, emulator.port, timeout=5)
    try:
        connection.request("GET", emulator.ready_path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the whole group: the shell that was started may be gone before what it started."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        if _is_gone(process):
            return


def _is_gone(process: subprocess.Popen[bytes]) -> bool:
    clock = SystemClock()
    end = clock.monotonic() + STOP_S
    while clock.monotonic() < end:
        process.poll()  # its own end is known only once it was asked for
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return True
        clock.sleep(0.02)
    return False
