"""A simulated account in a process of its own: its requests so far, its true data, and how to let a day pass."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
import requests
from pydantic import TypeAdapter

from sendtrail.simulator import Arrival, NewActivity, Stats, TruthCampaign, TruthPages

KEY = "simulated-key"
PATIENCE_S = 300.0
# A real account does not share the processor of its readers: where permitted, the simulator goes before them.
PRIORITY = -10

Options = Mapping[str, object]

_ARRIVALS, _PAGES = TypeAdapter(list[Arrival]), TypeAdapter(list[TruthPages])
_CAMPAIGNS, _STATS = TypeAdapter(list[TruthCampaign]), TypeAdapter(Stats)


@dataclass(frozen=True, kw_only=True, slots=True)
class SimulatedAccount:
    """An account that is served at `url`."""

    url: str

    def stats(self) -> Stats:
        """Return the requests so far."""
        return _STATS.validate_json(self._get("stats"))

    def arrivals(self) -> list[Arrival]:
        """Return each request so far, in order."""
        return _ARRIVALS.validate_python(_lines(self._get("requests")))

    def forget(self) -> None:
        """Forget the requests so far."""
        requests.delete(self._simulator_url("requests"), timeout=PATIENCE_S).raise_for_status()

    def campaigns(self) -> list[TruthCampaign]:
        """Return every campaign with its counters."""
        return _CAMPAIGNS.validate_python(_lines(self._get("campaigns")))

    def pages(self, since: datetime) -> list[TruthPages]:
        """Return the pages of every report, and which of them hold something that happened since."""
        return _PAGES.validate_python(_lines(self._get("pages", since=since.isoformat())))

    def pass_told_day(self, new: Iterable[NewActivity]) -> None:
        """Let a day pass that brings exactly this."""
        body = orjson.dumps(list(new))
        requests.post(self._simulator_url("pass_told_day"), data=body, timeout=PATIENCE_S).raise_for_status()

    def _get(self, name: str, **parameters: str) -> bytes:
        response = requests.get(self._simulator_url(name), params=parameters, timeout=PATIENCE_S)
        response.raise_for_status()
        return response.content

    def _simulator_url(self, name: str) -> str:
        return f"{self.url}/_simulator/{name}"


@contextmanager
def simulated(options: Options) -> Iterator[SimulatedAccount]:
    """Serve an account in a process of its own; options are those of `python -m sendtrail.simulator`, `_` for `-`."""
    arguments = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    command = [sys.executable, "-m", "sendtrail.simulator", *arguments, "--api-key", KEY]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            with suppress(PermissionError):
                os.setpriority(os.PRIO_PROCESS, process.pid, PRIORITY)
            line = process.stdout.readline() if process.stdout else ""
            found = re.search(r"http://\S+", line)
            if not found:
                raise RuntimeError(f"the simulator did not say where it is: {line!r}")
            yield SimulatedAccount(url=found.group())
        finally:
            process.terminate()


def a_day_ago(now: datetime) -> datetime:
    """Return the time to start an account at, so that one day later is now."""
    return now.replace(microsecond=0) - timedelta(days=1)


def _lines(content: bytes) -> list[Any]:
    return [orjson.loads(line) for line in content.splitlines()]
