"""The report's figures from BigQuery: the same as from DuckDB, but for the time since the last sync."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from google.cloud.bigquery import Client

from sendtrail.cli.report import write_report
from sendtrail.cli.settings.report_settings import ReportSettings
from sendtrail.clock import SystemClock
from sendtrail.errors import Rejected, Unavailable
from sendtrail.gcp.bigquery_access import Access
from sendtrail.gcp.bigquery_jobs import Jobs
from sendtrail.gcp.bigquery_reader import BigQueryReader
from sendtrail.gcp.bigquery_snapshot import BigQuerySnapshot
from sendtrail.report.figures import Figures
from sendtrail.report.queries import view_requests
from sendtrail.report.reading import read_figures
from sendtrail.warehouse.rows import Table
from sendtrail.warehouse.view_snapshot import plan_views
from sendtrail.warehouse.views import ALWAYS_CURRENT, READ_IN_PLACE, REFRESHES, STORED_PREFIX, names
from tests.gcp.fixtures import PROJECT
from tests.report.samples import SAMPLE
from tests.views.cases import ACCOUNT, account
from tests.views.engines import BigQueryEngine, DuckDbEngine, bigquery_with_cases

STORED = ("touch_observations", "attribution_touches", "attribution", *ALWAYS_CURRENT)
ORGANIZATION = str(account(SAMPLE, {}))


@pytest.fixture(scope="module")
def engine(bigquery_client: Client) -> BigQueryEngine:
    """Give the engine that holds the sample account, with all views."""
    engine = bigquery_with_cases(bigquery_client, gives_views=False)
    for view in names():
        engine.create(view)
    return engine


@pytest.fixture(scope="module")
def reader(bigquery_client: Client) -> BigQueryReader:
    """Give what runs a SELECT in the emulator."""
    return BigQueryReader(
        client=bigquery_client,
        jobs=Jobs(bigquery_client, clock=SystemClock(), seconds_left=lambda: 600.0),
        new_id=lambda: uuid4().hex,
        maximum_bytes_billed=10**9,
    )


def comparable(found: Figures) -> Figures:
    """Return figures without what differs: the account's name, the present, and the order of ties."""
    return replace(
        found,
        organization_id="",
        attributed={
            counting: replace(each, earned=tuple(sorted(each.earned, key=str)))
            for counting, each in found.attributed.items()
        },
        freshness=tuple(replace(each, account_hours_since_sync=0.0) for each in found.freshness),
    )


def test_the_figures_are_the_same_as_from_duckdb(
    engine: BigQueryEngine, reader: BigQueryReader, figures: Figures
) -> None:
    """Every value, of the same type."""
    with BigQuerySnapshot(reader, dataset=engine.dataset) as snapshot:
        found = read_figures(snapshot, organization=ORGANIZATION)

    assert comparable(found) == comparable(figures)


def test_the_figures_are_the_same_from_stored_views(
    bigquery_client: Client, reader: BigQueryReader, figures: Figures
) -> None:
    """What a dataset has stored is found, and read where it is."""
    computed = DuckDbEngine("computed")
    computed.fill(SAMPLE.given)
    beside = BigQueryEngine("marketing_ai_stored", STORED, client=bigquery_client)
    beside.fill({**SAMPLE.given, **{view: computed.read(view) for view in STORED}})
    for name in (*Table, *READ_IN_PLACE):
        beside.create(name)
    # By these a dataset says what it has stored. Of the emulator's views of that name, tables are as good.
    for name in (REFRESHES, *(f"{STORED_PREFIX}{view}" for view in STORED if view not in ALWAYS_CURRENT)):
        bigquery_client.create_table(f"{PROJECT}.{beside.dataset}.{name}")

    with Access(client=bigquery_client, jobs=reader.jobs).snapshot(beside.dataset) as snapshot:
        found = read_figures(snapshot, organization=ACCOUNT)

    assert set(snapshot.stored) == {*STORED}
    assert comparable(found) == comparable(figures)


def test_a_snapshot_leaves_nothing_behind(engine: BigQueryEngine, reader: BigQueryReader) -> None:
    """Its tables are its session's: nobody else sees them, and the dataset stays as it is."""
    before = {table.table_id for table in reader.client.list_tables(engine.dataset)}

    with BigQuerySnapshot(reader, dataset=engine.dataset) as snapshot:
        for view in plan_views(view_requests()):
            snapshot.create(view)
        source = snapshot.source("touch_observations")
        seen = list(snapshot.query(f"SELECT COUNT(*) AS n FROM {source} WHERE organization_id = '{ORGANIZATION}'").rows)

    assert seen == [(len(SAMPLE.given["email_activities"]),)]
    assert {table.table_id for table in reader.client.list_tables(engine.dataset)} == before
    with pytest.raises((Rejected, Unavailable)):
        reader(f"SELECT COUNT(*) AS n FROM {source}")


def test_a_select_that_is_wrong_is_refused_with_its_reason(engine: BigQueryEngine, reader: BigQueryReader) -> None:
    """By BigQuery."""
    with pytest.raises(Rejected, match="nothing_of_that_name"):
        reader(f"SELECT nothing_of_that_name FROM {engine.dataset}.campaigns")


def test_the_command_reads_from_bigquery_where_a_project_is_named(
    engine: BigQueryEngine, bigquery_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And from no file then."""
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", bigquery_url)
    output = tmp_path / "report.html"
    options = {"project": PROJECT, "dataset": engine.dataset, "organization": ORGANIZATION, "output": output}

    write_report(ReportSettings.read({**options, "database": tmp_path / "none"}), clock=SystemClock())

    assert "Autumn sale" in output.read_text(encoding="utf-8")
