"""`sendtrail runs` on a file that has the table of runs, and on one of a version before."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from sendtrail.cli.app import app
from sendtrail.clock import SystemClock
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.state.adoption import open_state
from sendtrail.state.documents import account_path, run_path, to_document
from sendtrail.sync.forecast import Forecast
from sendtrail.sync.runs.run_figures import RunFigures
from sendtrail.sync.runs.run_row import EndedRun, run_batch
from sendtrail.sync.runs.stored_run import DISPATCH_LEASE, Run, Summary
from tests.fakes import NOON
from tests.operate.conftest import put

HOUR = timedelta(hours=1)
SUMMARY = Summary(
    run_id="run1", organization_id="acme", campaigns=250, due=3, published=3, forecast=Forecast(requests=35)
)
FIGURES = RunFigures(
    ended_at=None, seconds=None, requests=40, contacts_requests=0, refused=2, activities_read=90, activities_new=80,
    contacts_read=0, contacts_changed=0, unreadable_rows=1, failures=0, interrupted=True, retries=3,
    bytes_billed=20 * 2**20,
)  # fmt: skip


@pytest.fixture
def database(make_database: Callable[[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a file with a run that only the table knows what it took of, and with one that only the state knows."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    path = make_database(tmp_path / "test.duckdb")
    with DuckDbWarehouse(path, has_views=False) as warehouse:
        run = EndedRun(run_id="run1", organization_id="acme", began_at=NOON, summary=SUMMARY, figures=FIGURES)
        warehouse.merge(run_batch(run, token="token", now=NOON))
        with open_state(warehouse, clock=SystemClock()) as state:
            for number, hours in (("run1", 0), ("run2", 1)):
                leases = {"acme": NOON + hours * HOUR + DISPATCH_LEASE}
                put(
                    state,
                    run_path(number),
                    to_document(Run(expires_at=NOON, leases=leases, summaries={"acme": SUMMARY})),
                )
            status = {"run_id": "run2", "last_run": NOON.isoformat(), "campaigns_total": 0}
            put(state, account_path("acme"), status)
    return path


def runs(database: Path, *words: str) -> str:
    """Return what the command prints to standard output."""
    result = CliRunner().invoke(app, ["runs", "--database", str(database), *words])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_table_says_what_a_run_took_that_the_state_does_not_know_of(database: Path) -> None:
    """Each run is one line, and the figures of both are the same as in the table."""
    words, found = runs(database), json.loads(runs(database, "--json"))

    took = "40 requests, 2 answers 429, 3 tried again, 80 new rows, 20 MiB billed"
    assert words.splitlines() == [
        "2025-06-01 13:00 UTC  acme  interrupted: 3 due, 38 requests expected",
        f"2025-06-01 12:00 UTC  acme  interrupted: 3 due, {took}",
    ]
    assert [(each["run_id"], each["forecast_requests"]) for each in found] == [("run2", 38), ("run1", 38)]
    assert found[1]["figures"]["bytes_billed"] == 20 * 2**20


def test_a_file_of_a_version_before_shows_what_its_state_knows(database: Path) -> None:
    """The next sync adds the table."""
    with duckdb.connect(str(database)) as connection:
        connection.execute("DROP TABLE marketing_ai.runs")

    assert [line.count("interrupted: 3 due, 38 requests expected") for line in runs(database).splitlines()] == [1, 1]
