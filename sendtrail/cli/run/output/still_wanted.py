"""What earlier runs were asked for and have not done: a line each, at the start of a run that goes on with it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rich.console import Console

from sendtrail.cli.run.run_observer import RunObserver
from sendtrail.cli.settings.sync_settings import BEGINNING
from sendtrail.domain.wants import StillWanted
from sendtrail.plurals import counted
from sendtrail.sync.runs.stored_run import Summary


def with_wants(console: Console, observer: RunObserver) -> RunObserver:
    """Return an observer that also prints what is still wanted, as soon as the campaigns are known."""

    def on_dispatched(summary: Summary) -> None:
        for line in wanted_lines(summary.still_wanted, left=summary.left_wanted):
            console.print(line, highlight=False)
        observer.on_dispatched(summary)

    return replace(observer, on_dispatched=on_dispatched)


def wanted_lines(still_wanted: Sequence[StillWanted], *, left: Sequence[StillWanted] = ()) -> Iterator[str]:
    """Yield what is still wanted, in words; `left` is what this run does not go on with."""
    for want in still_wanted:
        yield (
            f"Still wanted from an earlier run: {want_in_words(want)}; this run goes on with it. "
            "To drop it, run this command with --drop-wants."
        )
    for want in left:
        yield f"Still wanted from an earlier run: {want_in_words(want)}; a run without --campaign goes on with it."


def want_in_words(want: StillWanted) -> str:
    """Return what is wanted of how many campaigns."""
    again = ", read again" if want.again else ""
    campaigns = _campaigns(want.campaigns)
    if want.since is None:
        return f"everything back to where it was read to{again} for {campaigns}"
    return f"everything{'' if want.since <= BEGINNING else f' since {want.since:%Y-%m-%d}'}{again} for {campaigns}"


def _campaigns(number: int | None) -> str:
    if number is None:
        return "every campaign"
    return counted(number, "campaign")
