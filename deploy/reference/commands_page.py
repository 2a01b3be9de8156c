"""docs/reference/commands.md: every command with its options, as its own help has them."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from inspect import cleandoc
from itertools import pairwise
from typing import Any

import typer
from pydantic_settings import BaseSettings

from deploy.reference.pages import code, table
from sendtrail.cli.app import COMMANDS

_HEAD = """\
# Commands

What `--help` says of each command. [Settings](settings.md) says where else an option can be set, and README what
the exit codes mean. `sendtrail --install-completion` has your shell complete commands and options.
"""


def commands_page() -> Iterator[str]:
    """Yield the lines of the page."""
    yield _HEAD
    yield from table(
        ("command", "what it does"),
        ((f"[{code(f'sendtrail {each.name}')}](#sendtrail-{each.name})", each.help) for each in COMMANDS),
    )
    for entry in COMMANDS:
        yield from _command(entry.load(), f"sendtrail {entry.name}", extras=entry.extras)


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandOption:
    """An option of a command, and the names of the settings that the command's module reads."""

    words: str
    option: Any
    settings: frozenset[str]


def every_option() -> Iterator[CommandOption]:
    """Yield each option of each command, with the command's words."""
    for entry in COMMANDS:
        yield from _options_of(entry.load(), f"sendtrail {entry.name}")


def _options_of(command: Any, words: str) -> Iterator[CommandOption]:
    for name, inner in getattr(command, "commands", {}).items():
        yield from _options_of(inner, f"{words} {name}")
    for each in command.params:
        if each.param_type_name == "option":
            yield CommandOption(words=words, option=each, settings=_settings_of(command))


def _settings_of(command: Any) -> frozenset[str]:
    module = sys.modules[getattr(command.callback, "__module__", __name__)]
    kinds = [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, BaseSettings)]
    return frozenset(name for kind in kinds for name in kind.model_fields)


def _command(command: Any, words: str, *, extras: tuple[str, ...] = ()) -> Iterator[str]:
    yield from (f"## {words}", "", cleandoc(command.help or ""), "")
    if extras:
        words_of_extras = code(f"sendtrail[{','.join(extras)}]")
        yield from (f"It needs more than is always installed: {words_of_extras}.", "")
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    yield from table(
        ("argument", "what it is"), ((code(each.metavar or each.name.upper()), each.help or "") for each in arguments)
    )
    options = [each for each in command.params if each.param_type_name == "option" and each.name != "help"]
    yield from table(("option", "what it does"), ((code(_spelt(each, command)), each.help or "") for each in options))
    yield from _epilog(command.epilog or "")
    for name, inner in getattr(command, "commands", {}).items():
        yield from _command(inner, f"{words} {name}")


def _epilog(text: str) -> Iterator[str]:
    """Yield what is below the options in the help: a title such as "Quirks:", and an item per paragraph after it."""
    for paragraph, following in pairwise([*filter(None, text.split("\n\n")), ":"]):
        name, _, rest = paragraph.partition(": ")
        yield f"- {code(name)}: {rest}" if rest else paragraph
        if not rest or following.endswith(":"):
            yield ""


def _spelt(option: Any, command: Any) -> str:
    names = "/".join([*option.opts, *option.secondary_opts])
    return names if option.is_flag else f"{names} {option.metavar or option.display_type(typer.Context(command))}"
