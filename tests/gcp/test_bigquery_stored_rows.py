"""What is stored in BigQuery's emulator, looked at and counted."""

from datetime import timedelta
from uuid import uuid4

import pytest
from google.cloud.bigquery import Client

from sendtrail.clock import SystemClock
from sendtrail.errors import Unavailable
from sendtrail.gcp.bigquery_jobs import Jobs
from sendtrail.gcp.bigquery_stored_rows import BigQueryStoredRows
from sendtrail.gcp.bigquery_warehouse import Datasets
from sendtrail.gcp.clients import bigquery_client as connect
from sendtrail.sync.pairing.row_counts import RowCount
from tests.contracts.samples import OPEN, activities, opened
from tests.contracts.under_test import WarehouseUnderTest
from tests.fakes import FakeClock
from tests.gcp.bigquery_server import Fault, serving

MOMENT = OPEN.activity_timestamp
DAY = timedelta(days=1)


@pytest.fixture
def stored(bigquery_client: Client, bigquery_datasets: Datasets) -> BigQueryStoredRows:
    """Give what looks at the tables of the emulator."""
    return BigQueryStoredRows(
        client=bigquery_client,
        jobs=Jobs(bigquery_client, clock=SystemClock(), seconds_left=lambda: 60.0),
        dataset=bigquery_datasets.tables,
        new_id=lambda: uuid4().hex,
        maximum_bytes_billed=10**9,
    )


def test_rows_are_counted_by_organization_and_campaign(
    stored: BigQueryStoredRows, bigquery_warehouse: WarehouseUnderTest
) -> None:
    """From the first day on, and of them from the day on that outlasts the next count."""
    bigquery_warehouse.warehouse.merge(
        activities(
            opened(contact_id="1", activity_timestamp=MOMENT - 3 * DAY),
            opened(contact_id="1", activity_timestamp=MOMENT - DAY),
            opened(contact_id="2"),
            opened(contact_id="1", campaign_id=8),
            opened(contact_id="1", organization_id="other"),
        )
    )

    counts = stored.counts(since=(MOMENT - DAY).date(), lasting_since=MOMENT.date())

    assert counts == {
        "acme": {OPEN.campaign_id: RowCount(stored=2, lasting=1), 8: RowCount(stored=1, lasting=1)},
        "other": {OPEN.campaign_id: RowCount(stored=1, lasting=1)},
    }


def test_the_metadata_names_the_very_table(stored: BigQueryStoredRows) -> None:
    """Its name, and when it was created; how long its partitions stay, and the version of its columns."""
    look = stored.look()

    assert look.identity.startswith(f"{stored.client.project}.{stored.dataset}.email_activities@2")
    assert look == stored.look()
    assert (look.expiry, look.schema_version) == (timedelta(days=730), 1)


def test_a_table_that_is_not_there_is_trouble_that_may_pass() -> None:
    """Terraform makes it again, and until then nothing is said about what is stored."""
    clock = FakeClock()
    gone = Fault(on="table", status=404, reason="notFound", message="Not found: Table")
    with serving(gone) as (_, url), connect("p", location="US", endpoint=url) as client:
        looked = BigQueryStoredRows(
            client=client,
            jobs=Jobs(client, clock=clock, seconds_left=lambda: 60.0),
            dataset="marketing_ai",
            new_id=lambda: "1",
            maximum_bytes_billed=1,
        )

        with pytest.raises(Unavailable, match="Not found: Table"):
            looked.look()
