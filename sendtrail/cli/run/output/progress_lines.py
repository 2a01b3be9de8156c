"""The progress of a run that nobody watches: a dated line at its start, every minute, and at its end."""

import threading
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Self

from rich.console import Console

from sendtrail.cli.run.run_observer import RunObserver
from sendtrail.cli.run.run_stats import RunStats
from sendtrail.clock import Clock
from sendtrail.plurals import counted
from sendtrail.ports import Topic
from sendtrail.sync.runs.stored_run import Summary

EVERY_S = 60.0
DATE_FORMAT = "%Y-%m-%d %H:%M:%S%z"  # with the offset: status and runs are in UTC


class ProgressLines:
    """How many due campaigns are done, and how much was read, as lines for a log file or cron's e-mail."""

    def __init__(self, console: Console, clock: Clock) -> None:
        self.stats = RunStats(self._on_change)
        self._console, self._clock = console, clock
        self._lock = threading.Lock()
        self._printed_at = clock.monotonic()
        self._due = self._done = 0

    @property
    def observer(self) -> RunObserver:
        """Return the callbacks that count what is done."""
        return RunObserver(on_dispatched=self._on_dispatched, on_finished=self._on_finished)

    def __enter__(self) -> Self:
        """Say that the run begins."""
        self._print("listing the campaigns of the account")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say how far it came."""
        self._print(self._progress())

    def _on_dispatched(self, summary: Summary) -> None:
        self._due = summary.due
        contacts = ", and the contacts" if summary.published > summary.due else ""
        self._print(f"{summary.due:,} of {counted(summary.campaigns, 'campaign is', 'campaigns are')} due{contacts}")

    def _on_finished(self, topic: Topic) -> None:
        self._done += topic is Topic.CAMPAIGNS
        self._on_change()

    def _on_change(self) -> None:
        with self._lock:
            now = self._clock.monotonic()
            if now - self._printed_at < EVERY_S:
                return
            self._printed_at = now
        self._print(self._progress())

    def _progress(self) -> str:
        stats = self.stats
        activities = counted(sum(stats.activities_read.values()), "activity", "activities")
        read = f"{activities} and {counted(stats.contacts_read, 'contact')} read"
        refused = f", {counted(stats.refused, 'answer')} 429" if stats.refused else ""
        requests = counted(stats.requests, "request")
        return f"{self._done:,} of {counted(self._due, 'campaign')} done, {read}, {requests}{refused}"

    def _print(self, text: str) -> None:
        with suppress(OSError):  # nobody reads it any more: the run goes on, and its summary cannot be printed
            print(f"{dated(self._clock.now())} {text}", file=self._console.file, flush=True)


def dated(moment: datetime) -> str:
    """Return a time in the machine's zone, as the lines of its other logs have it."""
    return moment.astimezone().strftime(DATE_FORMAT)
