"""Each exit code that README lists, produced by the command itself."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGINT

import pytest

from sendtrail.simulator import Failure, FailureKind
from tests.documentation.pages import REPOSITORY
from tests.e2e.commands import finish, start, sync, syncing
from tests.e2e.conftest import Pipeline

Make = Callable[..., Pipeline]
HOLD = "import sys, duckdb; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"


@contextmanager
def held(database: Path) -> Iterator["subprocess.Popen[str]"]:
    """Let another program have the file; it lets go when its input ends, or after the block."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield process
    finally:
        process.communicate()


def command(*arguments: object, key: str = "key") -> tuple[int, str]:
    """Run any command to its end."""
    environment = {"SENDTRAIL_API_KEY": key, "PATH": os.environ["PATH"], "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-m", "sendtrail", *map(str, arguments)],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


def all_is_in(line: Pipeline) -> tuple[int, str]:
    """Sync what can be synced."""
    return sync(line)


def something_is_missing(line: Pipeline) -> tuple[int, str]:
    """Sync an account whose key may not read the contacts."""
    line.account.fail(Failure(kind=FailureKind.REDIRECT, times=None, match="/api/3/contacts"))
    return sync(line)


def nothing_can_be_listed(line: Pipeline) -> tuple[int, str]:
    """Sync an account that does not accept the key."""
    line.account.fail(Failure(kind=FailureKind.REDIRECT, times=None))
    return sync(line)


def a_wrong_option(line: Pipeline) -> tuple[int, str]:
    """Ask for something that makes no sense."""
    return sync(line, "--concurrency", "many")


def a_mistyped_option(line: Pipeline) -> tuple[int, str]:
    """Ask for something that there is not."""
    return sync(line, "--everything")


def a_wrong_file(line: Pipeline) -> tuple[int, str]:
    """Name a file that is no database."""
    line.database.write_text("a,b\n1,2\n")
    return sync(line)


def the_file_is_held(line: Pipeline) -> tuple[int, str]:
    """Sync a file that another program has."""
    line.make_database(line.database)
    with held(line.database):
        return sync(line)


def an_interruption(line: Pipeline) -> tuple[int, str]:
    """Press Ctrl-C in the middle."""
    with syncing(line, at_request=20) as process:
        process.send_signal(SIGINT)
    return finish(process)


WAYS: dict[Callable[[Pipeline], tuple[int, str]], tuple[int, str]] = {
    all_is_in: (0, "Synced"),
    something_is_missing: (1, "failed contacts"),
    nothing_can_be_listed: (1, "Stopped:"),
    a_wrong_option: (2, "--concurrency"),
    a_mistyped_option: (2, "--everything"),
    a_wrong_file: (2, "not a DuckDB database"),
    the_file_is_held: (75, "in use by another program"),
    an_interruption: (130, "run the same command again"),
}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_each_way_to_end_has_its_code_and_its_sentence(
    pipeline: Make, way: Callable[[Pipeline], tuple[int, str]]
) -> None:
    """A script goes by the code, a person by the sentence; neither gets a traceback."""
    expected, sentence = WAYS[way]

    code, output = way(pipeline())

    assert code == expected, output
    assert sentence in output
    assert "Traceback" not in output


def test_the_readme_lists_these_codes_and_no_others() -> None:
    """One row per code."""
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    table = readme.partition("| exit code |")[2].partition("\n\n")[0]
    rows = [line.split("|")[1].strip() for line in table.splitlines()[2:]]

    assert list(map(int, rows)) == sorted({code for code, _ in WAYS.values()})


@pytest.mark.parametrize(
    "arguments",
    [
        ("conversions", "load", "orders.csv", "--no-value"),
        ("attribution", "set", "lookback_days=60"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_whatever_writes_to_the_file_says_that_it_is_in_use(
    pipeline: Make, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """With the code of a sync, so that a script can come back."""
    line = pipeline()
    line.make_database(line.database)
    (tmp_path / "orders.csv").write_text("order_id,email,time\n1,ann@example.com,2025-03-30T12:05Z\n")

    with held(line.database) as process:
        code, output = command(*arguments, "--database", line.database)

    assert code == 75, output
    assert f"in use by another program (pid {process.pid})" in output
    assert "Traceback" not in output


@pytest.mark.parametrize("arguments", [("query", "SELECT 1"), ("tables",), ("report",)], ids=lambda each: each[0])
def test_whatever_reads_the_file_reads_a_copy_meanwhile(pipeline: Make, arguments: tuple[str, ...]) -> None:
    """And says so; it comes as far as with a file that nobody else has."""
    line = pipeline()
    line.make_database(line.database)
    alone, _ = command(*arguments, "--database", line.database)

    with held(line.database):
        code, output = command(*arguments, "--database", line.database)

    assert code == alone, output
    assert "is read from a copy of this moment" in output
    assert "Traceback" not in output


def test_what_reads_the_file_says_how_far_back_its_data_goes(pipeline: Make) -> None:
    """Beside where it is, so that nobody takes a week for everything; a program gets its rows alone."""
    line = pipeline()
    _, synced = sync(line, "--no-contacts")
    ask = ("query", "SELECT 1 AS one", "--database", line.database)

    _, people = command(*ask)
    _, program = command(*ask, "--csv")

    assert f"in {line.database}" in people
    [sentence] = [each for each in synced.splitlines() if each.startswith("Read so far: everything of ")]
    assert f"main: {sentence}" in people
    assert program.splitlines() == ["one", "1"]


def test_a_sync_that_may_wait_goes_on_when_the_file_is_free(pipeline: Make) -> None:
    """It says for whom it waits."""
    line = pipeline()
    line.make_database(line.database)

    with held(line.database) as process:
        waiting = start(line, "--wait", "600")
        assert waiting.stdout is not None
        said = waiting.stdout.readline()
    code, output = finish(waiting)

    assert f"(pid {process.pid})" in said
    assert "Waiting up to 600 s" in said
    assert code == 0, output
    line.remember()
    line.assert_equal()


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_is_closed_is_nothing_to_write_a_file_into(pipeline: Make, closed: str) -> None:
    """Else the database would get the number of the stream, and whatever is printed."""
    line = pipeline()
    script = f'exec "$0" -m sendtrail sync --all --requests-per-second 1000 "$@" {closed}'

    done = subprocess.run(
        ["sh", "-c", script, sys.executable, "--api-url", line.url, "--database", str(line.database)],
        env={"SENDTRAIL_API_KEY": line.account.api_key, "PATH": os.environ["PATH"]},
        check=False,
    )

    assert done.returncode == 0
    line.remember()
    line.assert_equal()


def test_a_setting_that_is_missing_is_all_that_is_said(tmp_path: Path) -> None:
    """Nothing of what the interpreter finds to be left over when it ends."""
    done = subprocess.run(
        [sys.executable, "-m", "sendtrail", "sync"],
        env={"PATH": os.environ["PATH"], "COLUMNS": "200"},
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (2, "")
    title, *problems = done.stderr.splitlines()
    assert title == "This cannot be run as it was asked for:"
    assert [line.split(":")[0].strip() for line in problems] == ["--api-url", "SENDTRAIL_API_KEY"]
