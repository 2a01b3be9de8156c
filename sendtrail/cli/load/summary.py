"""What is printed when a file was loaded: how much of it, whose it is, and what was left out and why."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from rich.console import Console

from sendtrail.attribution.csv_file.problems import Problems
from sendtrail.cli.load.known_contacts import KnownContacts, known_contacts
from sendtrail.cli.process.sentences import say
from sendtrail.cli.warehouses import Destination
from sendtrail.plurals import counted

REASONS_SHOWN = 8


def print_lines(*lines: str) -> None:
    """Print lines as they are: they quote the file."""
    say(Console(), *lines)


def print_skipped(problems: Problems) -> None:
    """Print what is wrong with the rows that were skipped, where errors are printed."""
    console = Console(stderr=True)
    console.print(f"[bold red]Missing, as they are bad: {counted(problems.rows, 'row')}.[/]")
    say(console, *(f"  {sentence}" for sentence in problems.sentences))


def known_line(to: Destination, *, dataset: str, total: int, count: Callable[[KnownContacts], int]) -> Iterator[str]:
    """Yield how many of all belong to a known contact, as `count` finds, or why that could not be asked."""
    if not total:
        yield "There are no rows to load in it."
        return
    known = known_contacts(to, dataset=dataset)
    if isinstance(known, str):
        yield f"How many belong to a known contact could not be asked: {known}"
    elif found := count(known):
        yield f"{found:,} of {total:,} {'belongs' if found == 1 else 'belong'} to a known contact."
    else:
        yield f"None of them belongs to a contact of {to.organization}: is it the right account, and was it synced?"


def left_out_line(left_out: Counter[str]) -> list[str]:
    """Return how many rows count as no conversion, and why."""
    if not left_out:
        return []
    reasons = [f"{reason} ({count:,})" for reason, count in left_out.most_common(REASONS_SHOWN)]
    more = [f"and {len(left_out) - REASONS_SHOWN} more"] if len(left_out) > REASONS_SHOWN else []
    return [f"Rows left out: {', '.join([*reasons, *more])}."]


def withheld_line(withheld: int) -> list[str]:
    """Return how many rows were left out for good; what is counted of the file after that has them in it."""
    if not withheld:
        return []
    return [
        f"Rows of people who were erased: {withheld:,}. They are not stored; what follows is of the file, with them."
    ]


def repeated_line(repeated: int) -> list[str]:
    """Return how many rows repeat another one."""
    return [f"Rows that repeat another: {repeated:,}. Each was taken once."] if repeated else []


def ignored_line(titles: Sequence[str]) -> list[str]:
    """Return the columns that were not read."""
    return [f"Columns not used: {', '.join(titles)}"] if titles else []
