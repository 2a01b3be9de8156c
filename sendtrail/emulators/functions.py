"""The three functions as they are deployed: each under functions-framework, in a process group of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from sendtrail.clock import SystemClock
from sendtrail.emulators.processes import HOST, LOG_TAIL, START_S
from sendtrail.errors import SendtrailError
from sendtrail.ports import Topic

ROOT = Path(__file__).resolve().parents[2]
# What a process needs of this one's environment: settings and credentials of the developer's own stay out of it.
INHERITED = ("HOME", "LANG", "PATH", "TMPDIR", "VIRTUAL_ENV")


@dataclass(frozen=True, kw_only=True, slots=True)
class Function:
    """A function: the package of its main.py, its entry point, and the topic that is pushed to it, if any."""

    package: str
    target: str
    topic: Topic | None = None


DISPATCHER = Function(package="dispatcher", target="dispatch")
CAMPAIGN_WORKER = Function(package="campaign_worker", target="sync_campaign", topic=Topic.CAMPAIGNS)
CONTACTS_WORKER = Function(package="contacts_worker", target="sync_contacts", topic=Topic.CONTACTS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Instances:
    """The instances of a function: so many processes, which handle so many requests at a time each, behind one port.

    `bundle` is the folder of an unpacked bundle whose code they run, in the place of this repository's.
    """

    function: Function
    port: int
    log: Path
    processes: int = 1
    threads: int = 4
    environment: Mapping[str, str] = field(default_factory=dict)
    bundle: Path | None = None

    @property
    def command(self) -> list[str]:
        """Return the command that starts them."""
        source = (self.bundle or ROOT / self.function.package) / "main.py"
        serve = [sys.executable, "-m", "functions_framework", "--target", self.function.target]
        return [*serve, "--source", str(source), "--host", HOST, "--port", str(self.port)]

    def settings(self) -> dict[str, str]:
        """Return the environment of the processes."""
        inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
        size = {"WORKERS": str(self.processes), "THREADS": str(self.threads)}
        return {**inherited, **size, **self.environment}


class Running:
    """Instances that run; they can be killed, frozen and thawed as Google does it, without a word."""

    def __init__(self, instances: Instances) -> None:
        self._instances = instances
        with instances.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - the command is this package's own
                instances.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=instances.bundle,  # where Python looks first, before what is installed
                env=instances.settings(),
                start_new_session=True,
            )

    @property
    def url(self) -> str:
        """Return where they answer."""
        return f"http://{HOST}:{self._instances.port}/"

    def wait(self) -> None:
        """Return when an instance answers; raise SendtrailError, with the end of the log, when none does."""
        clock = SystemClock()
        end = clock.monotonic() + START_S
        while not self._answers():
            if self._process.poll() is not None or clock.monotonic() > end:
                tail = self._instances.log.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL:]
                raise SendtrailError(f"{self._instances.function.package} did not start:\n{tail}")
            clock.sleep(0.05)

    def kill(self) -> None:
        """End them at once."""
        self._signal(signal.SIGKILL)
        self._process.wait()

    def freeze(self) -> None:
        """Give them no processor time: what Cloud Run does to an instance whose request has timed out."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let them go on where they were."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def _answers(self) -> bool:
        """Tell whether they answer a request that no function sees, whatever the answer is."""
        connection = HTTPConnection(HOST, self._instances.port, timeout=5)
        try:
            connection.request("GET", "/robots.txt")
            return connection.getresponse().status > 0
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


@contextmanager
def serving(*all_instances: Instances) -> Iterator[list[Running]]:
    """Run functions for as long as the block lasts."""
    running: list[Running] = []
    try:
        running.extend(Running(instances) for instances in all_instances)
        for each in running:
            each.wait()
        yield running
    finally:
        for each in running:
            each.kill()  # as Google does: nothing is lost by it, and nobody waits
