"""Manners of the command in a terminal: narrow, without colours, of another encoding, and interrupted at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sendtrail.cli.app import COMMANDS

# Interrupts itself when a module is imported, as a person does who has mistyped.
INTERRUPTED = """
import os, signal, sys

class AtImport:
    def find_spec(self, name, *_):
        if name == module:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)

# As in a terminal: what a shell starts in the background ignores Ctrl-C, and so do its children.
signal.signal(signal.SIGINT, signal.default_int_handler)
module, sys.argv[1:] = sys.argv[1], ["tables"]
sys.meta_path.insert(0, AtImport())
from sendtrail.__main__ import main
main()
"""


def run(*words: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """Run the command in a process of its own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "-m", "sendtrail", *words]
    return subprocess.run(command, capture_output=True, check=False, env={**kept, **environment})


def test_the_help_fits_into_60_columns_and_is_whole() -> None:
    """No line is longer, and no sentence is cut."""
    output = run("--help", COLUMNS="60").stdout.decode()

    assert max(map(len, output.splitlines())) <= 60
    words = " ".join(output.split())
    assert [entry.name for entry in COMMANDS if entry.help not in words] == []


@pytest.mark.parametrize("command", ["sync", "tables"])
def test_a_help_has_no_colours_where_none_are_wanted(command: str) -> None:
    """NO_COLOR, even in what claims to be a terminal of colours (https://no-color.org)."""
    output = run(command, "--help", NO_COLOR="1", FORCE_COLOR="", COLUMNS="60").stdout.decode()

    assert "\x1b[3" not in output
    assert max(map(len, output.splitlines())) <= 60


@pytest.mark.parametrize("words", [("tables",), ("sync", "--help"), ("--help",)])
def test_a_terminal_of_another_encoding_is_no_reason_to_end(words: tuple[str, ...], tmp_path: Path) -> None:
    """What it cannot show is a question mark."""
    found = run(*words, PYTHONIOENCODING="cp1252", SENDTRAIL_DATABASE=str(tmp_path / "none.duckdb"))

    assert found.returncode == 0, found.stderr
    assert found.stdout.decode("cp1252")


@pytest.mark.parametrize("module", ["sendtrail.cli.app", "sendtrail.cli.copies.tables_command", "sqlglot"])
def test_ctrl_c_in_the_first_second_is_no_traceback(module: str) -> None:
    """While the command itself is imported, and while what it needs is; the exit code says so."""
    found = subprocess.run([sys.executable, "-c", INTERRUPTED, module], capture_output=True, text=True, check=False)

    assert found.returncode == 130
    assert "Traceback" not in found.stderr
