"""The table at the end of a run: what was read, and what could not be understood."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from sendtrail.cli.run.local_run import LocalRun, RunResult
from sendtrail.cli.run.run_stats import RunStats
from sendtrail.cli.run.summary import print_summary
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.sync.dispatch import Summary
from tests.contracts.samples import unreadable
from tests.fakes import NOON, FakeClock

RESULT = RunResult(
    summary=Summary(run_id="run-1", organization_id="acme", campaigns=1, due=1, published=1),
    failures=(),
    interrupted=False,
    seconds=1.0,
)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SyncSettings:
    """Give the settings of an account of its own database."""
    monkeypatch.chdir(tmp_path)  # leaves the developer's own `.env` out of it
    given = {"api_url": "https://acme.api-us1.com", "api_key": "key", "organization": "acme"}
    return SyncSettings.read({**given, "database": tmp_path / "acme.duckdb"})


def summary_of(settings: SyncSettings, stats: RunStats, *, stored: int) -> list[str]:
    """Return the lines of the summary where the warehouse has some unreadable rows."""
    console = Console(file=StringIO(), width=100)
    with LocalRun(settings, clock=FakeClock(NOON), stats=stats) as run:
        run.warehouse.merge(unreadable(*map(str, range(stored))))
        print_summary(console, run, result=RESULT, stats=stats, settings=settings)
        assert isinstance(console.file, StringIO)
        return console.file.getvalue().splitlines()


def test_rows_that_could_not_be_understood_have_a_line(settings: SyncSettings) -> None:
    """How many this run read, and how many are kept."""
    stats = RunStats()
    stats.on_merge(unreadable("a", "b"), 2)

    [line] = [line.split() for line in summary_of(settings, stats, stored=3) if line.startswith("unreadable")]

    assert line == ["unreadable", "rows", "2", "read", "3"]


def test_those_of_earlier_runs_have_none(settings: SyncSettings) -> None:
    """They may have been understood since."""
    assert not any(line.startswith("unreadable") for line in summary_of(settings, RunStats(), stored=3))
