"""What a person is asked; where there is no terminal, what would be asked has to be given."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import typer


@dataclass(frozen=True, kw_only=True, slots=True)
class Questions:
    """Asks for a line, for one that is not shown while it is typed, and for a yes."""

    is_terminal: bool
    ask: Callable[[str], str]
    ask_secret: Callable[[str], str]
    confirm: Callable[[str], bool]

    def valid(self, given: str | None, *, question: str, check: Callable[[str], str]) -> str:
        """Return what was given or is answered, checked; ask again where an answer is wrong."""
        if given is not None:
            return check(given)
        while True:
            try:
                return check(self.ask(question))
            except ValueError as error:
                typer.echo(f"{error}", err=True)


def at_terminal() -> Questions:
    """Return what asks the person at the terminal."""
    return Questions(
        is_terminal=sys.stdin.isatty(),
        ask=lambda question: str(typer.prompt(question)).strip(),
        ask_secret=lambda question: str(typer.prompt(question, hide_input=True)).strip(),
        confirm=typer.confirm,
    )
