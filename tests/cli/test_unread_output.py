"""What becomes of a command whose output nobody reads any more, as of `sendtrail sync | head -1`."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedWriter, FileIO, TextIOWrapper
from pathlib import Path

import duckdb
import pytest

from sendtrail.cli.process.exit_codes import MISSING, UNREAD
from sendtrail.cli.process.streams import ending_when_unread, outliving_its_reader

MANY_ROWS = "SELECT i FROM range(100000) AS rows (i)"


@contextmanager
def unread_pipe() -> Iterator[int]:
    """Yield the end of a pipe to write to; whoever read the other end has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        yield writer
    finally:
        os.close(writer)


def run_unread(*words: object, **variables: str) -> "subprocess.CompletedProcess[bytes]":
    """Run the command; nobody reads what it prints."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "-m", "sendtrail", *map(str, words)]
    with unread_pipe() as stdout:
        return subprocess.run(
            command, stdout=stdout, stderr=subprocess.PIPE, check=False, env={**kept, **variables}
        )  # fmt: skip


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full, a disk that is full, is Linux's")
@pytest.mark.parametrize("words", [("--help",), ("--version",), ("query", "--help")])
def test_what_does_not_fit_on_the_disk_is_missing(words: tuple[str, ...]) -> None:
    """In one sentence, and with the exit code of what is missing."""
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "sendtrail", *words]
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False, text=True)

    said = ended.stderr.splitlines()
    assert ended.returncode == MISSING
    assert said == ["sendtrail: not all that it prints could be written: No space left on device"]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Give a file to ask."""
    path = tmp_path / "asked.duckdb"
    duckdb.connect(path).close()
    return path


@pytest.mark.parametrize("is_buffered", [True, False], ids=["buffered", "unbuffered"])
def test_what_is_printed_to_nobody_is_no_error(*, is_buffered: bool) -> None:
    """However much it is, whenever it is flushed, and without a buffer (PYTHONUNBUFFERED), too."""
    with unread_pipe() as pipe:
        file = FileIO(pipe, "w", closefd=False)
        below = BufferedWriter(file) if is_buffered else file
        stream = outliving_its_reader(TextIOWrapper(below, write_through=not is_buffered))

        stream.write("lost\n" * 100_000)
        stream.flush()
        stream.write("lost, too\n")
        stream.flush()

    assert stream.isatty() is False


def test_what_is_read_is_whole_and_in_order() -> None:
    """What was printed before the stream was replaced comes first, in the same encoding."""
    reader, writer = os.pipe()
    before = TextIOWrapper(BufferedWriter(FileIO(writer, "w", closefd=False)), encoding="cp1252", errors="replace")
    before.write("é, ")

    after = outliving_its_reader(before)
    after.write("ü and \u2192")
    after.flush()
    os.close(writer)

    with FileIO(reader) as read:
        assert read.readall().decode("cp1252") == "é, ü and ?"


def test_what_only_prints_ends_where_nobody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the latest at the end of its block, and what is printed after that is no error."""
    with unread_pipe() as pipe:
        stream = TextIOWrapper(BufferedWriter(FileIO(pipe, "w", closefd=False)))
        monkeypatch.setattr(sys, "stdout", outliving_its_reader(stream))
        with pytest.raises(SystemExit) as ended, ending_when_unread():
            sys.stdout.write("a row\n")
        sys.stdout.write("the end\n")
        sys.stdout.flush()

    assert ended.value.code == UNREAD


@pytest.mark.parametrize(
    ("sql", "form"),
    [(MANY_ROWS, ["--csv"]), ("SELECT 1 AS i", ["--json"]), (MANY_ROWS, ["--vertical"]), ("SELECT 1 AS i", [])],
    ids=["csv", "json", "vertical", "table"],
)
def test_a_query_ends_quietly_with_its_reader(database: Path, sql: str, form: list[str]) -> None:
    """With the exit code that a shell has for `git log | head`, whichever library prints."""
    done = run_unread("query", sql, *form, "--database", database)

    assert (done.returncode, done.stderr) == (UNREAD, b"")


@pytest.mark.parametrize(
    ("words", "variables"),
    [(("--help",), {}), (("tables",), {}), (("tables",), {"PYTHONUNBUFFERED": "1"})],
    ids=["help", "tables", "unbuffered"],
)
def test_what_prints_little_ends_as_if_it_were_read(
    database: Path, words: tuple[str, ...], variables: dict[str, str]
) -> None:
    """Its exit code is what a monitor goes by."""
    done = run_unread(*words, SENDTRAIL_DATABASE=str(database), **variables)

    assert (done.returncode, done.stderr) == (0, b"")


def test_an_error_that_nobody_reads_keeps_its_exit_code(database: Path) -> None:
    """Both streams lead into the same pipe: `sendtrail ... 2>&1 | head -1`."""
    command = [sys.executable, "-m", "sendtrail", "query", "SELECT nothing", "--database", str(database)]
    with unread_pipe() as pipe:
        done = subprocess.run(command, stdout=pipe, stderr=pipe, check=False)

    assert done.returncode == 2
