"""The datasets and tables of `sql/`, made where Terraform has not: on an emulator, for the demo."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from google.cloud import bigquery

from sendtrail.gcp.bigquery_warehouse import Datasets
from sendtrail.warehouse.rows import Table
from sendtrail.warehouse.tables import CONTACTS_SEEN, definition

# What a killed worker leaves in staging goes away by itself.
STAGING_EXPIRY = timedelta(days=1)


def create_tables(client: bigquery.Client, datasets: Datasets) -> None:
    """Make what is not there yet of the datasets and tables; change nothing that is."""
    client.create_dataset(_dataset(client, datasets.tables), exists_ok=True)
    staging = _dataset(client, datasets.staging)
    staging.default_table_expiration_ms = int(STAGING_EXPIRY / timedelta(milliseconds=1))
    client.create_dataset(staging, exists_ok=True)
    for table in Table:
        client.create_table(_table(client, datasets.tables, table), exists_ok=True)
    seen = client.create_table(_table(client, datasets.staging, CONTACTS_SEEN), exists_ok=True)
    seen.expires = None  # the dataset's default would take what a pass has seen away from under it
    client.update_table(seen, ["expires"])


def _dataset(client: bigquery.Client, name: str) -> bigquery.Dataset:
    dataset = bigquery.Dataset(f"{client.project}.{name}")
    dataset.location = client.location
    return dataset


def _table(client: bigquery.Client, dataset: str, name: str) -> bigquery.Table:
    place = {"projectId": client.project, "datasetId": dataset, "tableId": str(name)}
    resource: Mapping[str, Any] = {**definition(name).resource, "tableReference": place}
    return bigquery.Table.from_api_repr(dict(resource))
