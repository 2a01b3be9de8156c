"""Commands that are imported when they are run: `sendtrail --help` reads a table, and imports none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from sendtrail.cli.extras import require

MARKUP: Literal["markdown"] = "markdown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A command: where it is ("module:name", a function or a Typer app), its line in the help, the extras it needs."""

    name: str
    target: str
    help: str
    extras: tuple[str, ...] = ()

    def load(self) -> Any:
        """Import the command and return it for Typer; raise SettingsError where an extra that it needs is missing.

        Where its module has an EPILOG, that is shown below its options.
        """
        require(*self.extras)
        path, _, name = self.target.partition(":")
        module = import_module(path)
        target: Callable[..., None] | typer.Typer = getattr(module, name)
        app = typer.Typer(rich_markup_mode=MARKUP)
        if isinstance(target, typer.Typer):
            app.add_typer(target, name=self.name)
        else:
            app.command(self.name, epilog=getattr(module, "EPILOG", None))(target)
        return get_group(app).commands[self.name]


class LazyCommand(TyperCommand):
    """Stands for a command in the help, and makes way for it as soon as its arguments are to be read."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry.name, help=entry.help, callback=None)
        self._entry = entry

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Return the context of the command itself, which its group then invokes."""
        return self._entry.load().make_context(info_name, args, parent=parent, **extra)


def plain(message: str) -> str:
    """Return what is wrong with a value, as Typer has it from pydantic, in the words of a sentence."""
    stated = message.removeprefix("Value error, ").partition(", unable to parse")[0]
    return stated.replace("Input should be", "this should be")


def lazy_group(*entries: Entry) -> type[TyperGroup]:
    """Return the class of a group that has these commands, in this order."""

    class LazyGroup(TyperGroup):
        def __init__(self, **attributes: Any) -> None:
            super().__init__(**attributes)
            for entry in entries:
                self.add_command(LazyCommand(entry))

        def invoke(self, ctx: Any) -> Any:
            """Run the command; a value that it does not take is refused in plain words."""
            try:
                return super().invoke(ctx)
            except typer.BadParameter as error:
                error.message = plain(error.message)
                raise

        def format_commands(self, _context: Any, formatter: Any) -> None:
            """Write each command with all of its sentence, however narrow the terminal is."""
            with formatter.section("Commands"):
                formatter.write_dl([(entry.name, entry.help) for entry in entries])

    return LazyGroup
