"""A dataclass as the options of a command."""

from dataclasses import dataclass
from typing import Annotated

import typer
from typer.testing import CliRunner

from sendtrail.cli.options.expanded import expanded


@dataclass(frozen=True, kw_only=True)
class Options:
    """Options that are shared."""

    name: Annotated[str | None, typer.Option(help="A name.")] = None
    number: Annotated[list[str] | None, typer.Option(help="A number.")] = None


@dataclass(frozen=True, kw_only=True)
class MoreOptions(Options):
    """Options of one command."""

    loud: Annotated[bool, typer.Option("--loud", help="In capitals.")] = False


app = typer.Typer()


@app.command()
@expanded
def greet(greeting: Annotated[str, typer.Argument()], *, options: MoreOptions) -> None:
    """Greet somebody."""
    text = f"{greeting} {options.name} {options.number}"
    typer.echo(text.upper() if options.loud else text)


def run(*arguments: str) -> str:
    """Run the command and return what it prints."""
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result.output.strip()


def test_the_fields_of_all_its_classes_are_options() -> None:
    """Inherited ones and its own, beside the command's arguments."""
    assert run("hello", "--name", "ann", "--number", "1", "--number", "2", "--loud") == "HELLO ANN ['1', '2']"


def test_a_field_that_is_not_given_has_its_default() -> None:
    """That of the dataclass."""
    assert run("hello") == "hello None None"


def test_the_help_is_the_commands_own() -> None:
    """The dataclass is not seen."""
    shown = run("--help")

    assert "Greet somebody." in shown
    assert "A number." in shown
    assert "--options" not in shown
