"""A table of an earlier version gets the columns that this one writes; what it does not know is left alone."""

from collections.abc import Iterator

import pytest
from google.cloud.bigquery import Client, SchemaField, Table

from sendtrail.gcp.bigquery_columns import with_missing
from sendtrail.gcp.bigquery_warehouse import Datasets
from sendtrail.warehouse.rows import Table as Name
from tests.contracts.samples import activities, opened
from tests.contracts.under_test import WarehouseUnderTest

ID = SchemaField("id", "STRING", mode="REQUIRED", description="Its id.")
DEVICE = SchemaField("device", "STRING", description="The device.")


def test_a_table_that_has_all_columns_stays_as_it_is() -> None:
    """In any order, and with the descriptions that somebody gave them."""
    found = [DEVICE, SchemaField("ID", "STRING", mode="NULLABLE")]

    assert with_missing(found, [ID, DEVICE]) == found


def test_missing_columns_come_last_and_may_be_null() -> None:
    """Rows that are stored already have no value for them."""
    unknown = SchemaField("of_a_later_version", "INTEGER")
    tags = SchemaField("tags", "STRING", mode="REPEATED")

    found = with_missing([unknown], [ID, DEVICE, tags])

    assert [(each.name, each.mode) for each in found] == [
        ("of_a_later_version", "NULLABLE"),
        ("id", "NULLABLE"),
        ("device", "NULLABLE"),
        ("tags", "REPEATED"),
    ]


def test_missing_fields_of_a_record_are_added_to_it() -> None:
    """A record is a table of its own."""
    before = SchemaField("lists", "RECORD", mode="REPEATED", fields=[DEVICE])
    wanted = SchemaField("lists", "RECORD", mode="REPEATED", fields=[ID, DEVICE])

    (found,) = with_missing([before], [wanted])

    assert (found.mode, [each.name for each in found.fields]) == ("REPEATED", ["device", "id"])


@pytest.fixture
def older_table(bigquery_client: Client, bigquery_datasets: Datasets) -> Iterator[str]:
    """Give the table of activities without a column that it has, and put it back."""
    name = f"{bigquery_client.project}.{bigquery_datasets.tables}.{Name.EMAIL_ACTIVITIES}"
    whole = bigquery_client.get_table(name)
    bigquery_client.delete_table(name)
    older = [
        *(field for field in whole.schema if field.name != "link_url"),
        SchemaField("of_a_later_version", "STRING"),
    ]
    bigquery_client.create_table(Table(name, schema=older))
    yield name
    bigquery_client.delete_table(name)
    bigquery_client.create_table(Table.from_api_repr({**whole.to_api_repr(), "numRows": None}))


def test_functions_that_are_deployed_before_terraform_is_applied_add_their_columns(
    bigquery_client: Client, older_table: str, bigquery_warehouse: WarehouseUnderTest
) -> None:
    """The batch is merged at the first delivery, with nothing missing; a column of a later version stays empty."""
    row = opened(link_url="https://example.com/")

    assert bigquery_warehouse.warehouse.merge(activities(row)) == 1

    (stored,) = bigquery_client.query_and_wait(f"SELECT link_url, of_a_later_version FROM `{older_table}`")
    assert tuple(stored) == ("https://example.com/", None)
