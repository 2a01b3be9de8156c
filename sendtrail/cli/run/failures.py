"""What failed in a run, a reason per line: one that is the same for many campaigns is printed once."""

from collections.abc import Iterable, Sequence

from rich.console import Console

from sendtrail.cli.run.local_run import Failure, RunResult
from sendtrail.domain.work_item import CONTACTS

MAX_NAMED = 5


def print_failures(console: Console, result: RunResult) -> None:
    """Print what failed and why, and what becomes of it."""
    for reason, subjects in _by_reason(result.failures).items():
        console.print(f"[bold red]failed[/] {named(subjects)}: ", end="")
        console.print(reason, markup=False, highlight=False)
    if result.failures and not result.interrupted:
        console.print("Everything else was synced. The next sync tries again what failed.")


def named(subjects: Sequence[str]) -> str:
    """Return what failed in words: "contacts", "campaign 7", "campaigns 7, 8, 9, 10, 11 and 225 more"."""
    campaigns = [subject for subject in subjects if subject != CONTACTS]
    more = len(campaigns) - MAX_NAMED
    listed = ", ".join(campaigns[:MAX_NAMED]) + (f" and {more} more" if more > 0 else "")
    word = "campaign" if len(campaigns) == 1 else "campaigns"
    parts = [CONTACTS] * (CONTACTS in subjects) + [f"{word} {listed}"] * bool(campaigns)
    return " and ".join(parts)


def _by_reason(failures: Iterable[Failure]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for failure in failures:
        found.setdefault(failure.reason, []).append(failure.subject)
    return found
