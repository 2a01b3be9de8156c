"""What is missing after a run, a reason per line, and what to do about each kind of failure."""

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console

from sendtrail.activecampaign.http.account_words import printable
from sendtrail.cli.run.run_result import Failure, FailureKind, RunResult
from sendtrail.cli.run.work_record import Fate
from sendtrail.plurals import counted

MAX_NAMED = 5
NEXT_STEPS: Mapping[FailureKind, str] = {
    FailureKind.REJECTED: "It fails the same way until its cause is gone: see to that, then run the command again.",
    FailureKind.PART: "What else belongs to it is in. The next sync reads this part again.",
    FailureKind.PASSING: "This may pass: run the command again, and it goes on where it stopped.",
    FailureKind.UNKNOWN: "Correct the id: the table campaigns lists those of the account.",
    FailureKind.HELD: "Run the command again once the other one has ended, or let it wait with --wait SECONDS.",
    FailureKind.LEFT: "Run the command again: it goes on where this one stopped.",
    FailureKind.OPEN: "It is left from an earlier sync: one without --no-contacts and --campaign reads it again.",
    FailureKind.FILE: "Free some space and run the command again, which closes the file properly.",
    FailureKind.FAULT: "This is a fault of Sendtrail: please report it. The next sync tries again.",
}


def print_failures(console: Console, result: RunResult) -> None:
    """Print what failed and why, what to do about it, and how much is in all the same."""
    for kind in FailureKind:
        failures = [failure for failure in result.failures if failure.kind is kind]
        for reason, subjects in _by_reason(failures).items():
            console.print(f"[bold red]failed[/] {named(subjects)}: ", end="")
            console.print(printable(reason), markup=False, highlight=False)
        if failures:
            console.print(f"  {NEXT_STEPS[kind]}", highlight=False)
    if result.failures and not result.interrupted:
        console.print(_what_is_in(result), highlight=False)


def named(subjects: Sequence[str]) -> str:
    """Return what failed in words, once each: "contacts", "campaign 7", "campaigns 7, 8, 9, 10, 11 and 225 more"."""
    campaigns = [subject for subject in dict.fromkeys(subjects) if subject.isdecimal()]
    others = [subject for subject in dict.fromkeys(subjects) if not subject.isdecimal()]
    more = len(campaigns) - MAX_NAMED
    listed = ", ".join(campaigns[:MAX_NAMED]) + (f" and {more} more" if more > 0 else "")
    word = "campaign" if len(campaigns) == 1 else "campaigns"
    parts = [*others, *([f"{word} {listed}"] if campaigns else [])]
    return " and ".join(parts)


def _what_is_in(result: RunResult) -> str:
    due = counted(result.campaigns.total(), "campaign that was due is", "campaigns that were due are")
    campaigns = f"{result.campaigns[Fate.DONE]:,} of {due} in"
    return f"{campaigns}, and the contacts." if result.contacts is Fate.DONE else f"{campaigns}."


def _by_reason(failures: Iterable[Failure]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for failure in failures:
        found.setdefault(failure.reason, []).append(failure.subject)
    return found
