"""The table at the end of a run: what was read, and what could not be understood."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from sendtrail.cli.run.local_run import LocalRun
from sendtrail.cli.run.output.summary import print_summary
from sendtrail.cli.run.output.unsettled import Unsettled, unsettled_reports
from sendtrail.cli.run.run_result import Failure, RunResult
from sendtrail.cli.run.run_stats import RunStats
from sendtrail.cli.run.work_record import Fate
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.domain.campaign_report import Report
from sendtrail.state.documents import campaign_path, to_document
from sendtrail.sync.campaign_checkpoints import sync_records
from sendtrail.sync.forecast import Forecast
from sendtrail.sync.runs.stored_run import Summary
from sendtrail.sync.settling import Settling
from sendtrail.sync.sync_record import SyncRecord
from tests.contracts.samples import unreadable
from tests.fakes import NOON, FakeClock, MemoryState

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
    return SyncSettings.read({**given, "database": tmp_path / "acme.duckdb", "contacts": True})


def summary_of(settings: SyncSettings, stats: RunStats, *, stored: int = 0, result: RunResult = RESULT) -> list[str]:
    """Return the lines of the summary where the warehouse has some unreadable rows."""
    console = Console(file=StringIO(), width=100)
    with LocalRun(settings, clock=FakeClock(NOON), stats=stats) as run:
        run.warehouse.merge(unreadable(*map(str, range(stored))))
        print_summary(console, run, result=result, stats=stats, settings=settings)
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


def test_campaigns_are_counted_by_what_became_of_them(settings: SyncSettings) -> None:
    """A run that was stopped says how far it came, and is called interrupted."""
    fates = {
        **{str(number): Fate.DONE for number in range(26)},
        **{str(number): Fate.STOPPED_HALFWAY for number in range(26, 30)},
        **{str(number): Fate.NOT_REACHED for number in range(30, 130)},
        "contacts": Fate.STOPPED_HALFWAY,
    }

    lines = summary_of(settings, RunStats(), result=replace(RESULT, fates=fates, interrupted=True))

    counted = [" ".join(line.split()) for line in lines]
    assert counted[1] == "Interrupted"
    for line in (
        "campaigns 26 of 130 due 0",
        "stopped halfway 4",
        "not reached 100",
        "pass of contacts stopped halfway",
    ):
        assert line in counted


@pytest.mark.parametrize(
    ("result", "title"),
    [
        (RESULT, "Synced"),
        (replace(RESULT, failures=(Failure(subject="7", reason="gone"),)), "Synced in part"),
        (replace(RESULT, interrupted=True), "Interrupted"),
    ],
)
def test_the_title_says_how_the_run_ended(settings: SyncSettings, result: RunResult, title: str) -> None:
    """Nobody reads a table to the end to learn that."""
    assert summary_of(settings, RunStats(), result=result)[1].strip() == title


@pytest.mark.parametrize(("forecast", "words"), [(1, "+1 of 2"), (99, "-97 of 100 (-97.0%)")])
def test_how_far_the_forecast_was_off_is_a_share_of_many_requests_only(
    settings: SyncSettings, forecast: int, words: str
) -> None:
    """A quiet sync has so few that one more is half as many again."""
    stats = RunStats()
    for _ in range(3):
        stats.on_response(200)
    summary = replace(RESULT.summary, forecast=Forecast(requests=forecast, rows=0))

    lines = summary_of(settings, stats, result=replace(RESULT, summary=summary))

    [line] = [" ".join(line.split()) for line in lines if line.startswith("forecast")]
    assert line == f"forecast {words}"


def test_reports_that_fell_short_are_counted() -> None:
    """Those of earlier runs, too, until they have settled."""
    settling = {
        Report.OPENS: Settling(changed_at=NOON, read_at=NOON, short=7),
        Report.CLICKS: Settling(changed_at=NOON, read_at=NOON),
    }
    record = SyncRecord(
        since=NOON, watermarks={}, counters={}, synced_at=NOON, audited_at=NOON, confirmed=False, settling=settling
    )
    checkpoint = Checkpoint(run_id="run1", sequence=1, status=Status.DONE, updated_at=NOON, synced=to_document(record))
    state = MemoryState()
    state.transact(lambda transaction: transaction.set(campaign_path("acme", 7), to_document(checkpoint)))

    assert unsettled_reports(sync_records("acme", state).values()) == Unsettled(reports=1, rows=7)
