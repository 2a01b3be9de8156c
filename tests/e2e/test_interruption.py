"""Ctrl-C and SIGTERM when the run itself does not look after them: before it, after it, while Python ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest
from typer.testing import CliRunner

from sendtrail.cli.app import app
from tests.e2e.commands import finish, syncing
from tests.e2e.conftest import Pipeline

Make = Callable[..., Pipeline]

# A terminal whose user sends a signal each time a text appears.
AT_A_TEXT = """
import io, signal, sys
from sendtrail.cli.app import main

class Terminal(io.TextIOWrapper):
    def write(self, text):
        written = super().write(text)
        if {text!r} in text:
            self.flush()
            signal.raise_signal({number})
        return written

sys.stdout = Terminal(sys.stdout.buffer, write_through=True)
main()
"""
# An object that outlives the interpreter's own signal handlers.
WHILE_PYTHON_ENDS = """
import os, sys
from sendtrail.cli.app import main

class Late:
    def __del__(self, kill=os.kill, pid=os.getpid(), write=os.write):
        kill(pid, {number})
        write(1, b"still here")

late = sys.modules["late"] = Late()
main()
"""


def run(line: Pipeline, program: str, *options: str) -> tuple[int, str]:
    """Run a program that calls the command; return its exit code and what it printed."""
    command = [sys.executable, "-c", program, "sync", "--api-url", line.url, "--database", str(line.database), *options]
    environment = {"SENDTRAIL_API_KEY": line.account.api_key, "PATH": os.environ["PATH"], "COLUMNS": "200"}
    done = subprocess.run(
        [*command, "--requests-per-second", "1000"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_before_the_run_ends_with_130_and_a_sentence(pipeline: Make, number: int) -> None:
    """While the account does not answer for its campaigns."""
    with syncing(pipeline(), at_request=1) as process:
        process.send_signal(number)
        code, output = finish(process)

    assert code == 130, output
    assert "run the same command again" in output
    assert "Traceback" not in output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("text", ["Synced", "API requests"])
def test_a_signal_after_the_run_ends_with_130_and_a_sentence(pipeline: Make, text: str, number: int) -> None:
    """While the summary is printed: without a traceback, and never by the signal itself."""
    code, output = run(pipeline(), AT_A_TEXT.format(text=text, number=int(number)))

    assert code == 130, output
    assert "run the same command again" in output
    assert "Traceback" not in output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_python_ends_changes_nothing(pipeline: Make, number: int) -> None:
    """All is in by then, and the exit code says so."""
    code, output = run(pipeline(), WHILE_PYTHON_ENDS.format(number=int(number)))

    assert code == 0, output
    assert output.endswith("still here")


def test_a_signal_while_python_ends_leaves_the_code_of_a_failure(pipeline: Make) -> None:
    """What failed was said."""
    code, output = run(pipeline(), WHILE_PYTHON_ENDS.format(number=int(signal.SIGINT)), "--campaign", "987654")

    assert code == 1, output
    assert output.endswith("still here")


def test_a_program_that_runs_the_command_keeps_its_own_handlers(pipeline: Make) -> None:
    """They are only borrowed."""
    line = pipeline()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    options = ["--api-url", line.url, "--database", str(line.database), "--requests-per-second", "1000"]

    result = CliRunner().invoke(app, ["sync", *options], env={"SENDTRAIL_API_KEY": line.account.api_key})

    assert result.exit_code == 0, result.output
    assert [signal.getsignal(number) for number in numbers] == before
