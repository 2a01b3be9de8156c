"""What schedulers are given: paths of any kind arrive as they are, and the syntax is theirs."""

import configparser
import plistlib
import re
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sendtrail.cli.app import app
from sendtrail.cli.schedule.installation import MONITOR, Installation
from sendtrail.cli.schedule.texts import crontab, launchd, systemd
from sendtrail.errors import SettingsError
from tests.documentation.pages import REPOSITORY

ODD = 'it\'s 100% "odd" $HOME \\ ü'
PLAIN = Installation(command=Path("/opt/bin/sendtrail"), folder=Path("/srv/mail"), every_hours=6)


def test_the_plain_case_reads_as_in_a_manual() -> None:
    """A person recognises it."""
    assert crontab(PLAIN).endswith(" */6 * * * cd /srv/mail && /opt/bin/sendtrail sync >> sendtrail.log 2>&1\n")
    assert crontab(replace(PLAIN, every_hours=24)).split()[1] == "0"
    assert crontab(replace(PLAIN, every_hours=1)).split()[1] == "*"


def test_cron_runs_the_command_in_the_folder_whatever_they_are_called(tmp_path: Path) -> None:
    """Cron turns a percent sign with a backslash into one and hands the rest to a shell."""
    folder, programs = tmp_path / ODD, tmp_path / f"bin {ODD}"
    folder.mkdir()
    programs.mkdir()
    command = programs / "sendtrail"
    command.write_text('#!/bin/sh\necho "$1 in $PWD"\n')
    command.chmod(0o755)

    line = crontab(Installation(command=command, folder=folder, every_hours=6))
    shell = line.split(maxsplit=5)[5].replace("\\%", "%")
    subprocess.run(["sh", "-c", shell], check=True)

    assert "%" not in line.replace("\\%", "")
    assert (folder / "sendtrail.log").read_text() == f"sync in {folder}\n"


def test_systemd_takes_each_path_as_one() -> None:
    """`%` begins a specifier, and in a command line `$` a variable."""
    at = Installation(command=Path(f"/opt/{ODD}"), folder=Path(f"/srv/{ODD}"), every_hours=8)
    service, timer = systemd(at).split("# ~/.config/systemd/user/sendtrail.timer\n")
    read = configparser.ConfigParser(interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(service)
    read.read_string(timer.replace("[Unit]", "[Timer unit]"))

    command, word = shlex.split(read["Service"]["ExecStart"])
    assert (command.replace("%%", "%").replace("$$", "$"), word) == (str(at.command), "sync")
    assert read["Service"]["WorkingDirectory"].replace("%%", "%") == str(at.folder)
    assert read["Timer"]["OnCalendar"] == f"*-*-* 00,08,16:{at.minute:02}:00"
    assert read["Timer"]["Persistent"] == "true"


def test_launchd_reads_a_property_list() -> None:
    """With every path as it is, and a start for each hour."""
    at = Installation(command=Path(f"/opt/{ODD}"), folder=Path(f"/srv/{ODD}"), every_hours=12)
    read = plistlib.loads(launchd(at).encode())

    assert read["ProgramArguments"] == [str(at.command), "sync"]
    assert read["WorkingDirectory"] == str(at.folder)
    assert [(start["Hour"], start["Minute"]) for start in read["StartCalendarInterval"]] == [
        (0, at.minute),
        (12, at.minute),
    ]


def test_folders_start_at_minutes_of_their_own() -> None:
    """Always the same one, and not all at the full hour."""
    minutes = {replace(PLAIN, folder=Path(f"/srv/{number}")).minute for number in range(200)}

    assert len(minutes) > 40
    assert all(0 <= minute < 60 for minute in minutes)
    assert PLAIN.minute == replace(PLAIN).minute


def test_the_command_names_this_folder_and_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text goes where it can be saved from, the advice beside it."""
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(app, ["schedule", "cron", "--every-hours", "12"])

    assert result.exit_code == 0
    assert result.stdout.split(maxsplit=2)[1] == "*/12"
    assert str(tmp_path) in result.stdout
    assert "crontab -e" in result.stderr


def test_hours_that_do_not_divide_a_day_are_refused() -> None:
    """Cron would start again at midnight, whenever the last one was."""
    with pytest.raises(SettingsError, match="divides a day"):
        Installation.here(every_hours=5)


def test_a_folder_that_no_scheduler_can_be_told_of_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line break would end the line of a crontab."""
    folder = tmp_path / "two\nlines"
    folder.mkdir()
    monkeypatch.chdir(folder)

    with pytest.raises(SettingsError, match="without such characters"):
        Installation.here(every_hours=6)


def test_how_often_is_said_in_the_settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless an option or a variable says otherwise."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sendtrail.toml").write_text("[schedule]\nevery_hours = 8\n", encoding="utf-8")
    run = CliRunner().invoke
    of_file, of_option = run(app, ["schedule"]), run(app, ["schedule", "--every-hours", "12"])
    monkeypatch.setenv("SENDTRAIL_SCHEDULE_EVERY_HOURS", "4")
    of_variable = run(app, ["schedule"])
    monkeypatch.setenv("SENDTRAIL_SCHEDULE_EVERY_HOURS", "30")

    hours = [each.stdout.split()[1] for each in (of_file, of_option, of_variable)]
    assert hours == ["*/8", "*/12", "*/4"]
    with pytest.raises(
        SettingsError, match=r"SENDTRAIL_SCHEDULE_EVERY_HOURS: Input should be less than or equal to 24"
    ):
        run(app, ["schedule"], catch_exceptions=False)


@pytest.mark.parametrize("scheduler", ["cron", "systemd", "launchd"])
def test_a_monitor_is_started_beside_the_sync(scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under a name of its own, at another minute; the options are those that `status` takes."""
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke
    sync, monitor = run(app, ["schedule", scheduler]), run(app, ["schedule", scheduler, "--monitor"])

    words = re.sub(r"\s*</?string>\s*", " ", monitor.stdout)
    assert "status" in words
    assert re.search(r"--max-age\s+26h\s+--notify", words)
    assert run(app, ["status", "--max-age", "26h", "--notify", "--help"]).exit_code == 0
    assert "--notify" not in sync.stdout
    assert replace(PLAIN, job=MONITOR).minute == (PLAIN.minute + 30) % 60


def test_a_monitor_has_files_of_its_own() -> None:
    """So that neither replaces the other."""
    sync, monitor = systemd(PLAIN), systemd(replace(PLAIN, job=MONITOR))
    names = [set(re.findall(r"^# (\S+)$", text, re.MULTILINE)) for text in (sync, monitor)]

    assert names[0].isdisjoint(names[1])
    assert plistlib.loads(launchd(replace(PLAIN, job=MONITOR)).encode())["Label"] == "sendtrail.status"


def test_whoever_is_notified_is_told_of_the_monitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody is, it is not mentioned."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SENDTRAIL_NOTIFY_URLS", raising=False)
    before = CliRunner().invoke(app, ["schedule"])
    monkeypatch.setenv("SENDTRAIL_NOTIFY_URLS", "json://127.0.0.1")
    after = CliRunner().invoke(app, ["schedule"])

    assert "--monitor" not in before.stderr
    assert "sendtrail schedule cron --monitor" in after.stderr


def test_readme_shows_the_line_that_is_printed() -> None:
    """For the folder that it names."""
    folder = Path("/srv/sendtrail")
    line = crontab(Installation(command=folder / ".venv/bin/sendtrail", folder=folder, every_hours=6))

    assert f"```cron\n{line}```" in (REPOSITORY / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["windows"], "Invalid value for 'scheduler': 'windows' is not one of 'cron', 'systemd', 'launchd'."),
        (["--every-hours", "0.5"], "Invalid value for '--every-hours': this should be a valid integer"),
    ],
)
def test_a_value_that_is_not_taken_is_refused_in_plain_words(words: list[str], said: str) -> None:
    """Not in those of the library that reads it."""
    refused = CliRunner().invoke(app, ["schedule", *words])

    assert (refused.exit_code, refused.stderr.splitlines()[-1]) == (2, f"Error: {said}")
