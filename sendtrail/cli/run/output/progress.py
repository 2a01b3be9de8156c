"""The progress bars of a run."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from sendtrail.cli.run.run_observer import RunObserver
from sendtrail.cli.run.run_stats import RunStats
from sendtrail.plurals import counted
from sendtrail.ports import Topic
from sendtrail.sync.runs.stored_run import Summary


def bars_with_notes(console: Console) -> Progress:
    """Return bars without tasks yet; each task has a `note` that is shown beside it."""
    return Progress(
        SpinnerColumn(finished_text="[green]✓"),
        TextColumn("{task.description:<10}"),
        BarColumn(bar_width=32),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
        console=console,
    )


class Bars:
    """How many due campaigns are done, and how much was read; drawn while the `with` block runs."""

    def __init__(self, console: Console) -> None:
        self.stats = RunStats(self._redraw)
        self._progress = bars_with_notes(console)
        self._listing = self._progress.add_task("listing", total=None, note="campaigns of the account")
        self._campaigns: TaskID | None = None
        self._contacts: TaskID | None = None

    @property
    def observer(self) -> RunObserver:
        """Return the callbacks that update the bars."""
        return RunObserver(on_dispatched=self._on_dispatched, on_finished=self._on_finished)

    def __enter__(self) -> Self:
        """Start to draw."""
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Draw one last time and stop."""
        self._progress.stop()

    def _on_dispatched(self, summary: Summary) -> None:
        self._progress.remove_task(self._listing)
        self._campaigns = self._progress.add_task("campaigns", total=summary.due, note="")
        if summary.published > summary.due:
            self._contacts = self._progress.add_task("contacts", total=1, note="")
        self._redraw()

    def _on_finished(self, topic: Topic) -> None:
        task = self._contacts if topic is Topic.CONTACTS else self._campaigns
        if task is not None:
            self._progress.advance(task)

    def _redraw(self) -> None:
        stats = self.stats
        read = sum(stats.activities_read.values())
        refused = f" · {counted(stats.refused, 'answer')} 429" if stats.refused else ""
        if self._campaigns is not None:
            note = f"{counted(read, 'activity', 'activities')} read · {counted(stats.requests, 'request')}{refused}"
            self._progress.update(self._campaigns, note=note)
        if self._contacts is not None:
            self._progress.update(self._contacts, note=f"{counted(stats.contacts_read, 'contact')} read")
