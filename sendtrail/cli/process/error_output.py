"""How an error that a person can mend ends a command: a title, sentences and an exit code."""

from dataclasses import dataclass
from typing import Self

from rich.console import Console

from sendtrail.cli.process.exit_codes import BUSY, MISSING, USAGE
from sendtrail.cli.process.sentences import say
from sendtrail.errors import AccountPaused, Busy, SendtrailError, SettingsError


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandError:
    """An error as it is printed."""

    title: str
    lines: tuple[str, ...]
    exit_code: int

    @classmethod
    def of(cls, error: SendtrailError) -> Self:
        """Return how an error is printed."""
        if isinstance(error, SettingsError):
            return cls(title="This cannot be run as it was asked for:", lines=tuple(error.problems), exit_code=USAGE)
        if isinstance(error, Busy):
            return cls(title="Busy:", lines=(str(error),), exit_code=BUSY)
        if isinstance(error, AccountPaused):
            return cls(title="Paused:", lines=(str(error),), exit_code=BUSY)
        return cls(title="Stopped:", lines=(str(error),), exit_code=MISSING)

    def print_to(self, console: Console) -> None:
        """Print it."""
        console.print(f"[bold red]{self.title}[/]")
        say(console, *(f"  {line}" for line in self.lines))
