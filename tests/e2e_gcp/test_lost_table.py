"""A table that was lost and made anew, on Google's emulators."""

from datetime import UTC, datetime, timedelta

from google.cloud.bigquery import Client

from sendtrail.gcp.bigquery_tables import create_tables
from sendtrail.gcp.bigquery_warehouse import Datasets
from sendtrail.warehouse.rows import Table
from tests.e2e_gcp.conftest import Make
from tests.e2e_gcp.test_runs import organization

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_table_that_was_made_anew_is_filled_again(
    production: Make, bigquery_client: Client, bigquery_datasets: Datasets
) -> None:
    """The dispatcher sees that it is another one, counts, and has everything read again."""
    line, name = production(), organization()
    line.add(name)
    line.sync(schedule_time=NOW)
    line.assert_equal_and_clean()
    bigquery_client.delete_table(f"{bigquery_client.project}.{bigquery_datasets.tables}.{Table.EMAIL_ACTIVITIES}")
    create_tables(bigquery_client, bigquery_datasets)

    line.sync(schedule_time=NOW + timedelta(hours=1))

    line.assert_equal(name)
