"""The wheel in an environment of its own: what it installs, and that its commands work there."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_string
from pathlib import Path
from zipfile import ZipFile

import pytest

from deploy.bundles import REPOSITORY
from tests.packaging.environments import PATIENCE_S, Environment

# Each command that needs an extra, and the extras that it names.
NEEDY = [
    (("report",), "report"),
    (("attribution", "data-driven"), "attribution"),
    (("demo",), "report,simulator"),
    (("gcp-demo",), "gcp,simulator"),
    (("simulator",), "simulator"),
    (("query", "--project", "my-project", "SELECT 1"), "gcp"),
    (("conversions", "load", "--project", "my-project", "--organization", "a", "--no-value", "orders.csv"), "gcp"),
    (("attribution", "set", "--project", "my-project", "--organization", "a", "lookback_days=9"), "gcp"),
]


@contextmanager
def simulated_account(place: Environment) -> Iterator[str]:
    """Serve a simulated account with the installed command, and yield its URL."""
    command = place.command("simulator", "--campaigns", "3", "--openers", "30", "--rate", "0")
    with subprocess.Popen(command, env=place.variables, cwd=place.workplace, stdout=subprocess.PIPE, text=True) as run:
        try:
            assert run.stdout is not None
            found = re.search(r"http://\S+", run.stdout.readline())
            assert found
            yield found[0]
        finally:
            run.terminate()


def test_one_name_is_installed(wheel: Path) -> None:
    """The package holds the SQL and says that it is typed; tests and functions stay in the repository."""
    with ZipFile(wheel) as archive:
        names = archive.namelist()

    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"sendtrail"}
    assert {"sendtrail/py.typed", "sendtrail/sql/email_activities/merge.sql"} <= set(names)
    sources = [path for path in (REPOSITORY / "sql").rglob("*") if path.is_file()]
    assert len([name for name in names if name.startswith("sendtrail/sql/")]) == len(sources)


def test_the_metadata_says_what_an_index_shows(wheel: Path) -> None:
    """Who made it, for which Python, under which license, and its extras."""
    with ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = message_from_string(archive.read(name).decode())

    assert (metadata["Author"], metadata["License-Expression"]) == ("Sendtrail contributors", "Apache-2.0")
    assert metadata.get_all("Provides-Extra") == [
        "all",
        "attribution",
        "gcp",
        "metrics",
        "notify",
        "report",
        "simulator",
    ]
    assert {"Typing :: Typed", "Programming Language :: Python :: 3.13"} <= set(metadata.get_all("Classifier") or [])


def test_an_account_is_synced_asked_and_reported(complete: Environment) -> None:
    """With nothing but the wheel and what it needs."""
    assert complete.run("--version").stdout.startswith("sendtrail ")
    with simulated_account(complete) as url:
        options = ("--api-url", url, "--all", "--requests-per-second", "1000")
        synced = complete.run("sync", *options, SENDTRAIL_API_KEY="simulated-key")
    assert synced.returncode == 0, synced.stdout + synced.stderr

    asked = complete.run("query", "--csv", "SELECT COUNT(*) > 0 AS synced FROM marketing_ai.email_activities")
    reported = complete.run("report")

    assert asked.stdout.splitlines() == ["synced", "True"]
    assert reported.returncode == 0, reported.stderr
    assert (complete.workplace / "sendtrail-report.html").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(("arguments", "extras"), NEEDY, ids=[" ".join(words[:2]) for words, _ in NEEDY])
def test_a_command_whose_extra_is_missing_names_the_line_to_type(
    bare: Environment, arguments: tuple[str, ...], extras: str
) -> None:
    """In one sentence, without a traceback."""
    (bare.workplace / "orders.csv").write_text("email,time,order_id\nann@example.com,2025-06-01T12:00Z,1\n")

    ended = bare.run(*arguments)

    assert ended.returncode == 2
    assert f"pip install 'sendtrail[{extras}]'" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_nothing_else_needs_an_extra(bare: Environment) -> None:
    """A sync without the report and Google Cloud is whole."""
    assert bare.run("--help").returncode == 0
    for command in ("sync", "plan", "query"):
        assert bare.run(command, "--help").returncode == 0


def test_the_package_is_imported_from_the_wheel(complete: Environment) -> None:
    """Not from the checkout, which would prove nothing."""
    script = "import sendtrail, sendtrail.warehouse.tables as t; print(sendtrail.__file__); print(t.FOLDER)"
    python = str(complete.folder / "bin" / "python")

    printed = subprocess.run(
        [python, "-c", script],
        cwd=complete.workplace,
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
    ).stdout

    assert all(Path(line).is_relative_to(complete.folder) for line in printed.splitlines())
