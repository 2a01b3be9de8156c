"""Every command on a page can be typed: it is parsed as the shell and the program would parse it, and not run."""

import re
from collections.abc import Sequence
from importlib.util import find_spec

import pytest
from typer.testing import CliRunner

from sendtrail.cli.app import app
from sendtrail.cli.process.exit_codes import USAGE
from tests.documentation.pages import PAGES, REPOSITORY, Command, commands

TARGETS = set(re.findall(r"^([a-z][a-z-]*):(?!=)", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
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
    assert _help_of(command.arguments) == 0


@pytest.mark.parametrize("words", [("sync", "--everything"), ("conversions", "drop"), ("synchronise",)])
def test_a_command_that_cannot_be_typed_is_found_out(words: tuple[str, ...]) -> None:
    """So the test above can fail."""
    assert _help_of(words) == USAGE


@pytest.mark.parametrize("command", PYTHON, ids=str)
def test_python_finds_the_module(command: Command) -> None:
    """`python -m` and a module that can be run."""
    modules = [name for before, name in zip(command.arguments, command.arguments[1:], strict=False) if before == "-m"]

    assert [name for name in modules if _is_runnable(name)] == modules
    assert modules


def _help_of(words: Sequence[str]) -> int:
    """Return the exit code of a command that is asked for its help: its options are read first, and nothing is run."""
    return CliRunner().invoke(app, [*words, "--help"]).exit_code


def _is_runnable(module: str) -> bool:
    found = find_spec(module)
    is_package = found is not None and found.submodule_search_locations is not None
    return found is not None and (not is_package or find_spec(f"{module}.__main__") is not None)
