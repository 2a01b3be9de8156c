"""The command line."""

import re
import shlex
import signal
import subprocess
import sys
from dataclasses import fields
from datetime import datetime

import pytest
import requests
from typer.testing import CliRunner

from sendtrail import simulator
from sendtrail.cli.app import app
from sendtrail.simulator import FailureKind, Plan, Quirks, cli_values
from sendtrail.simulator.cli import main
from sendtrail.simulator.quirks import EVENT_TYPES
from sendtrail.simulator.quirks.descriptions import descriptions

COMMAND = [sys.executable, "-W", "error", "-m", "sendtrail.simulator"]


def test_help_names_every_option() -> None:
    """--help tells of sizes, answers and trouble, of each quirk and of each kind of failure."""
    told = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, check=True, timeout=30).stdout

    for option in ("--port", "--seed", "--campaigns", "--openers", "--rate", "--jitter-ms", "--quirk", "--failure"):
        assert option in told
    assert [field.name for field in fields(Quirks) if not re.search(rf"^ {field.name}[=:]", told, re.MULTILINE)] == []
    assert [kind for kind in FailureKind if f" {kind}: " not in told] == []


def test_every_quirk_is_described() -> None:
    """Each has a text, and the package names each."""
    told = {description.name: description for description in descriptions()}

    assert told.keys() == {field.name for field in fields(Quirks)}
    assert all(description.text.endswith(".") for description in told.values())
    assert [name for name in told if not re.search(rf"\b{name}\b", simulator.__doc__ or "")] == []
    assert str(told["ints"]) == "ints: Ids, counters and totals are numbers rather than strings."
    assert str(told["still_tstamps"]).startswith("still_tstamps=open+click: Kinds of row")
    assert str(told["max_limit"]).startswith("max_limit=VALUE: ")


def test_the_command_serves_until_it_is_interrupted() -> None:
    """It prints where it is, answers, and goes without a complaint."""
    command = [*COMMAND, "--campaigns", "3", "--openers", "20", "--quirk", "ints", "--failure", "forbidden,match=tags"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found
        key = {"Api-Token": "simulated-key"}
        total = requests.get(f"{found[0]}/api/3/campaigns", headers=key, timeout=10).json()["meta"]["total"]
        refused = requests.get(f"{found[0]}/api/3/tags", headers=key, timeout=10).status_code
        process.send_signal(signal.SIGTERM)
        complaints = process.stderr.read()

    assert (total, refused) == (3, 403)
    assert complaints == ""


@pytest.mark.parametrize(
    "options",
    [
        ["--quirk", "mood"],
        ["--quirk", "info_shape=round"],
        ["--quirk", "byte_order_marks=3"],
        ["--quirk", "late_opens_h=-1"],
        ["--quirk", "bad_rows=text+worse"],
        ["--quirk", "ints=perhaps"],
        ["--kinds", "ordinary,grand"],
        ["--failure", "earthquake"],
        ["--failure", "slow,every=0"],
        ["--time-zone", "Mars/Olympus"],
        ["--now", "2026-03-01"],
        ["--contacts", "3"],
    ],
)
def test_options_that_make_no_sense_are_refused(options: list[str]) -> None:
    """A wrong value ends the command with a sentence and no traceback."""
    result = CliRunner().invoke(main, options)

    assert result.exit_code == 2
    assert "Invalid value" in result.output


def test_quirks_in_words() -> None:
    """A quirk is a name, or a name and a value."""
    read = cli_values.quirks(["ints", "max_limit=50", "without_tstamp_iso=open+click", "repeated_page=links"])

    assert read == Quirks(ints=True, max_limit=50, without_tstamp_iso=("open", "click"), repeated_page="links")


def test_a_quirk_of_several_values_may_be_all_of_them() -> None:
    """`all` and the bare name are every value there is; text that is free is taken as it is."""
    read = cli_values.quirks(["rows_vanish_on_deletion=all", "still_tstamps", "no_permission=open_list+/api/3/tags"])

    assert (read.rows_vanish_on_deletion, read.still_tstamps) == (EVENT_TYPES, ("open", "click"))
    assert read.no_permission == ("open_list", "/api/3/tags")


def test_a_failure_in_words() -> None:
    """A failure is a kind with what else there is to say."""
    read = cli_values.failure("reset_before,times=endless,every=5,match=open_list")

    assert (read.kind, read.times, read.every, read.match) == (FailureKind.RESET_BEFORE, None, 5, "open_list")


def test_kinds_in_words() -> None:
    """Kinds of campaign come by turns, and without a word all there are."""
    assert cli_values.kinds("ordinary,automation") == ("ordinary", "automation")
    assert cli_values.kinds(cli_values.MIX_OF_KINDS) == Plan().kinds


def test_the_command_of_the_same_account_is_printed() -> None:
    """With the options that were given and the time in use."""
    given = ["--campaigns", "2", "--openers", "10", "--quirk", "ints", "--quirk", "max_limit=50"]
    with subprocess.Popen([*COMMAND, *given], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        _, _, command = process.stdout.readline().partition(": ")
        process.send_signal(signal.SIGTERM)

    words = shlex.split(command)
    now = datetime.fromisoformat(words[words.index("--now") + 1])
    assert now.tzinfo is not None
    assert words[-len(given) :] == given


def test_the_help_of_sendtrail_lists_quirks_and_failures() -> None:
    """Where it says that it does."""
    told = CliRunner().invoke(app, ["simulator", "--help"]).output

    assert "The list is below" not in told
    assert re.search(r"^ still_tstamps=open\+click: ", told, re.MULTILINE)
    assert re.search(r"^ unavailable: 503", told, re.MULTILINE)
