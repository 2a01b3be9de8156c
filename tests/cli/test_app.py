"""The command as a whole: its version, its help, and what it imports for them."""

import subprocess
import sys
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from sendtrail.cli.app import COMMANDS, app

HEAVY = (
    *("duckdb", "pydantic", "requests", "rich", "markdown_it", "importlib.metadata", "sqlglot", "starlette"),
    *("sendtrail.activecampaign", "sendtrail.cli.sync", "sendtrail.local", "sendtrail.sync"),
)


def test_the_version_needs_no_command() -> None:
    """It is the one that is installed."""
    result = CliRunner().invoke(app, ["--version"])

    assert (result.exit_code, result.output) == (0, f"sendtrail {version('sendtrail')}\n")


def test_the_package_is_the_command_too() -> None:
    """`python -m sendtrail` does not need the script on the PATH."""
    command = [sys.executable, "-m", "sendtrail", "--version"]

    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.startswith("sendtrail ")


def test_the_help_lists_every_command_and_imports_none() -> None:
    """Whatever a command needs is imported when it is run."""
    script = f"""
import sys
from sendtrail.cli.app import app
app(["--help"], standalone_mode=False)
print([name for name in {HEAVY} if name in sys.modules])
"""
    output = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert output.splitlines()[-1] == "[]"
    assert [entry.name for entry in COMMANDS if f" {entry.name} " not in output] == []


@pytest.mark.parametrize("command", [entry.name for entry in COMMANDS])
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_every_command_has_a_help(command: str, option: str) -> None:
    """With the command's own words, not those of the list."""
    result = CliRunner().invoke(app, [command, option])

    assert result.exit_code == 0, result.output
    assert f"sendtrail {command} [OPTIONS]" in result.output


def test_a_command_within_a_command_is_found() -> None:
    """As a person types it."""
    result = CliRunner().invoke(app, ["conversions", "load", "--help"])

    assert result.exit_code == 0, result.output
    assert "--currency" in result.output


def test_a_mistyped_command_is_refused_with_the_nearest_one() -> None:
    """Typer knows the names without importing the commands."""
    result = CliRunner().invoke(app, ["snyc"])

    assert result.exit_code == 2
    assert "sync" in result.output


def test_a_shell_completes_the_options_of_a_command() -> None:
    """Completion asks the command itself, not what stands for it."""
    environment = {"_SENDTRAIL_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "sendtrail sync --data"}
    script = "from sendtrail.cli.app import app; app(prog_name='sendtrail')"

    completed = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env=environment
    )

    assert "--database" in completed.stdout
