"""A simulated account in a process of its own, as it answers: what came in, what is true of it, and what moves it."""

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

from sendtrail.simulator import Arrival, News, Stats, TruthCampaign, TruthPages

KEY = "simulated-key"
PATIENCE_S = 300.0
# An account does not share its processor with those who read it: where it may, the simulator goes before them.
PRIORITY = -10

Options = Mapping[str, object]

_ARRIVALS, _PAGES = TypeAdapter(list[Arrival]), TypeAdapter(list[TruthPages])
_CAMPAIGNS, _STATS = TypeAdapter(list[TruthCampaign]), TypeAdapter(Stats)


@dataclass(frozen=True, kw_only=True, slots=True)
class SimulatedAccount:
    """An account that answers at `url`."""

    url: str

    def stats(self) -> Stats:
        """Return the requests so far."""
        return _STATS.validate_json(self._get("stats"))

    def arrivals(self) -> list[Arrival]:
        """Return each request so far, in order."""
        return _ARRIVALS.validate_python(_lines(self._get("requests")))

    def forget(self) -> None:
        """Count requests from now on."""
        requests.delete(self._own("requests"), timeout=PATIENCE_S).raise_for_status()

    def campaigns(self) -> list[TruthCampaign]:
        """Return every campaign with its counters."""
        return _CAMPAIGNS.validate_python(_lines(self._get("campaigns")))

    def pages(self, since: datetime) -> list[TruthPages]:
        """Return the pages of every report, and which of them hold something that happened since."""
        return _PAGES.validate_python(_lines(self._get("pages", since=since.isoformat())))

    def pass_told_day(self, news: Iterable[News]) -> None:
        """Let a day pass that brings exactly this."""
        body = orjson.dumps(list(news))
        requests.post(self._own("pass_told_day"), data=body, timeout=PATIENCE_S).raise_for_status()

    def _get(self, name: str, **asked: str) -> bytes:
        response = requests.get(self._own(name), params=asked, timeout=PATIENCE_S)
        response.raise_for_status()
        return response.content

    def _own(self, name: str) -> str:
        return f"{self.url}/_simulator/{name}"


@contextmanager
def simulated(options: Options) -> Iterator[SimulatedAccount]:
    """Serve an account in a process of its own; options are those of `python -m sendtrail.simulator`, `_` for `-`."""
    spoken = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    command = [sys.executable, "-m", "sendtrail.simulator", *spoken, "--api-key", KEY]
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
    """Return the account's time that makes its next day end now."""
    return now.replace(microsecond=0) - timedelta(days=1)


def _lines(content: bytes) -> list[Any]:
    return [orjson.loads(line) for line in content.splitlines()]
