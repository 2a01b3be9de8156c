"""The report's figures from BigQuery: the same as from DuckDB, but for the time since the last sync."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from google.cloud import bigquery
from google.cloud.bigquery import Client

from sendtrail.cli.report import write_report
from sendtrail.cli.settings.report_settings import ReportSettings
from sendtrail.clock import SystemClock
from sendtrail.errors import Rejected, Unavailable
from sendtrail.gcp.bigquery_jobs import Jobs
from sendtrail.gcp.bigquery_reader import BigQueryReader
from sendtrail.gcp.bigquery_snapshot import BigQuerySnapshot
from sendtrail.gcp.bigquery_tables import create_tables
from sendtrail.gcp.bigquery_warehouse import Datasets
from sendtrail.report.figures import Figures
from sendtrail.report.queries import wanted
from sendtrail.report.reading import Source, read_figures
from sendtrail.warehouse.rows import Row, Table, conversion_row, to_json_lines
from sendtrail.warehouse.tables import definition
from sendtrail.warehouse.view_snapshot import parts
from sendtrail.warehouse.views import CUSTOMER_TABLES, names, view_sql
from tests.report.samples import NOW, activity_rows, campaign_rows, conversions

DATASET = "report"
ROWS: dict[Table, list[Row]] = {
    Table.CAMPAIGNS: list(campaign_rows()),
    Table.EMAIL_ACTIVITIES: list(activity_rows()),
    Table.CONVERSIONS: [conversion_row(each, organization_id="acme", now=NOW) for each in conversions()],
}


@pytest.fixture(scope="module")
def reader(bigquery_client: Client) -> BigQueryReader:
    """Give what runs a SELECT on the sample account in the emulator."""
    create_tables(bigquery_client, Datasets(tables=DATASET, staging=f"{DATASET}_staging"))
    for name in CUSTOMER_TABLES:
        place = {"projectId": bigquery_client.project, "datasetId": DATASET, "tableId": name}
        resource = {**definition(name).resource, "tableReference": place}
        bigquery_client.create_table(bigquery.Table.from_api_repr(resource), exists_ok=True)
    for table, rows in ROWS.items():
        _load(bigquery_client, table, rows)
    for view in names():
        query = view_sql(view, dataset=DATASET)
        bigquery_client.query_and_wait(f"CREATE OR REPLACE VIEW `{DATASET}`.`{view}` AS {query}")
    return BigQueryReader(
        client=bigquery_client,
        jobs=Jobs(bigquery_client, clock=SystemClock(), seconds_left=lambda: 60.0),
        new_id=lambda: uuid4().hex,
        maximum_bytes_billed=10**9,
    )


def _load(client: Client, table: Table, rows: list[Row]) -> None:
    config = bigquery.LoadJobConfig(
        source_format=bigquery.SourceFormat.NEWLINE_DELIMITED_JSON,
        schema=[bigquery.SchemaField.from_api_repr(field) for field in definition(table).resource["schema"]["fields"]],
    )
    place = f"{client.project}.{DATASET}.{table}"
    client.load_table_from_file(BytesIO(to_json_lines(rows)), place, job_config=config).result()


def comparable(found: Figures) -> Figures:
    """Return figures as if the account had been synced this hour, in an order of their own."""
    return replace(
        found,
        attributed={
            counting: replace(each, earned=tuple(sorted(each.earned, key=str)))
            for counting, each in found.attributed.items()
        },
        freshness=tuple(replace(each, account_hours_since_sync=0.0) for each in found.freshness),
    )


def test_the_figures_are_the_same_as_from_duckdb(reader: BigQueryReader, figures: Figures) -> None:
    """Every value, of the same type."""
    with BigQuerySnapshot(reader, dataset=DATASET) as snapshot:
        found = read_figures(Source(snapshot=snapshot, organization="acme"))

    assert comparable(found) == comparable(figures)


def test_a_snapshot_leaves_nothing_behind(reader: BigQueryReader) -> None:
    """Its tables are its session's: nobody else sees them, and the dataset stays as it is."""
    before = {table.table_id for table in reader.client.list_tables(DATASET)}

    with BigQuerySnapshot(reader, dataset=DATASET) as snapshot:
        for part in parts(wanted()):
            snapshot.make(part)
        source = snapshot.source("reduced_touches")
        seen = list(snapshot.query(f"SELECT COUNT(*) AS n FROM {source}").rows)

    assert seen == [(len(ROWS[Table.EMAIL_ACTIVITIES]),)]
    assert {table.table_id for table in reader.client.list_tables(DATASET)} == before
    with pytest.raises((Rejected, Unavailable)):
        reader(f"SELECT COUNT(*) AS n FROM {source}")


def test_a_select_that_is_wrong_is_refused_with_its_reason(reader: BigQueryReader) -> None:
    """By BigQuery, and told."""
    with pytest.raises(Rejected, match="nothing_of_that_name"):
        reader(f"SELECT nothing_of_that_name FROM {DATASET}.campaigns")


def test_the_command_reads_from_bigquery_where_a_project_is_named(
    reader: BigQueryReader, bigquery_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And from no file then."""
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", bigquery_url)
    output = tmp_path / "report.html"
    options = {"project": reader.client.project, "dataset": DATASET, "output": output, "database": tmp_path / "none"}

    write_report(ReportSettings.read(options), clock=SystemClock())

    assert "Autumn sale" in output.read_text(encoding="utf-8")
