"""Every command on a page can be typed: it is parsed as the shell and the program would parse it, and not run."""

import re
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import pytest
import typer

from sendtrail.cli.app import app
from tests.documentation.pages import PAGES, REPOSITORY, Command, commands

TARGETS = set(re.findall(r"^([a-z][a-z-]*):(?!=)", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
EAGER = {"-h", "--help", "--version"}
MAKE, SENDTRAIL, PYTHON = commands("make"), commands("sendtrail"), commands("python")


def test_the_pages_have_commands() -> None:
    """So the patterns that find them do."""
    assert {"README.md", "CONTRIBUTING.md", "docs/deploy.md"} <= set(PAGES)
    assert min(len(MAKE), len(SENDTRAIL), len(PYTHON)) > 3


@pytest.mark.parametrize("command", MAKE, ids=str)
def test_make_has_the_target(command: Command) -> None:
    """Variables aside."""
    targets = {word for word in command.arguments if "=" not in word}

    assert targets <= TARGETS


@pytest.mark.parametrize("command", SENDTRAIL, ids=str)
def test_sendtrail_has_the_command_and_its_options(command: Command) -> None:
    """Its own parser takes the words, down to the last subcommand."""
    assert _refusal(command.arguments) == ""


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("sync", "--everything"), "NoSuchOption"),
        (("conversions", "drop"), "UsageError"),
        (("query", "SELECT 1", "SELECT 2"), "UsageError"),
    ],
)
def test_a_command_that_cannot_be_typed_is_found_out(words: tuple[str, ...], refusal: str) -> None:
    """So the test above can fail."""
    assert _refusal(words) == refusal


@pytest.mark.parametrize("command", PYTHON, ids=str)
def test_python_finds_the_module(command: Command) -> None:
    """`python -m` and a module that can be run."""
    modules = [name for before, name in zip(command.arguments, command.arguments[1:], strict=False) if before == "-m"]

    assert [name for name in modules if _is_runnable(name)] == modules
    assert modules


def _refusal(words: Sequence[str]) -> str:
    """Return the error that `sendtrail` has against these words, "" where it has none but for what is left out."""
    command: Any = typer.main.get_command(app)  # typer has a click of its own, or click's: they look alike
    context = None
    while hasattr(command, "resolve_command"):
        context = command.context_class(command, info_name=command.name, parent=context)
        if not words or words[0] in EAGER:
            return ""
        try:
            _, command, words = command.resolve_command(context, list(words))
        except Exception as error:  # noqa: BLE001 - of either click
            return type(error).__name__
    try:
        command.make_context(command.name, [word for word in words if word not in EAGER], parent=context)
    except Exception as error:  # noqa: BLE001 - of either click
        return type(error).__name__.replace("MissingParameter", "")
    return ""


def _is_runnable(module: str) -> bool:
    found = find_spec(module)
    is_package = found is not None and found.submodule_search_locations is not None
    return found is not None and (not is_package or find_spec(f"{module}.__main__") is not None)
