"""A customer's own views in place of the tables: the planned views, and what they find on the BigQuery emulator."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from google.cloud.bigquery import Client

from sendtrail.clock import SystemClock
from sendtrail.domain.activity import EventType
from sendtrail.gcp.bigquery_access import access
from sendtrail.gcp.bigquery_tables import create_tables
from sendtrail.gcp.bigquery_warehouse import Datasets
from sendtrail.warehouse.views import names, references
from tests.contracts.samples import activities, contact, contacts, opened
from tests.terraform.plans import Plan, plan_of
from tests.terraform.workspace import Workspace

DATASET = "own_sources"
# As a shop has them: numbers as ids and amounts, more columns than are asked for, and the name of a view of ours.
OF_THE_CUSTOMER = """
CREATE SCHEMA shop;
CREATE TABLE shop.sold (number INT64, customer INT64, at TIMESTAMP, amount FLOAT64, colour STRING);
INSERT INTO shop.sold VALUES (1, 17, TIMESTAMP '2025-06-01 12:00:00+00', 0.1, 'red');
INSERT INTO shop.sold VALUES (2, 17, NULL, 5.0, 'blue');
CREATE VIEW shop.orders AS
SELECT 'acme' AS organization_id, number AS conversion_id, customer AS user_id, CAST(NULL AS STRING) AS email,
  at AS converted_at, amount AS value, 'EUR' AS currency, 'sale' AS kind, colour
FROM shop.sold;
CREATE TABLE shop.touches (
  organization_id STRING, user_id INT64, contact_id INT64, email STRING, valid_from TIMESTAMP
);
INSERT INTO shop.touches VALUES ('acme', 17, 1, NULL, NULL)
"""


@pytest.fixture(scope="module")
def given(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Return the plan of a project whose conversions and users are the customer's own."""
    changed = workspace.copy(tmp_path_factory.mktemp("sources") / "changed")
    variables = f"""
    project_id       = "sendtrail-test"
    dataset          = "{DATASET}"
    conversions_view = "sendtrail-test.shop.orders"
    users_view       = "sendtrail-test.shop.touches"
"""
    changed.replace(
        "terraform/tests/inspect.tftest.hcl", '\n    project_id            = "example-project"\n', variables
    )
    return plan_of(changed)


@pytest.fixture
def client(bigquery_client: Client, given: Plan) -> Iterator[Client]:
    """Give the emulator with the customer's dataset, and with Sendtrail's as it is planned."""
    create_tables(bigquery_client, Datasets(tables=DATASET, staging=f"{DATASET}_staging"))
    for statement in OF_THE_CUSTOMER.split(";"):
        bigquery_client.query_and_wait(statement)
    planned = queries(given)
    for name in closure("attribution_by_campaign"):
        bigquery_client.query_and_wait(f"CREATE VIEW {DATASET}.{name} AS {planned[name]}")
    yield bigquery_client
    for dataset in (DATASET, f"{DATASET}_staging", "shop"):
        bigquery_client.delete_dataset(dataset, delete_contents=True)


def queries(plan: Plan) -> dict[str, str]:
    """Return the query of each planned view."""
    planned = [resource for resource in plan.of("google_bigquery_table") if resource.name == "view"]
    return {str(resource.key): resource.values["view"][0]["query"] for resource in planned}


def closure(view: str) -> list[str]:
    """Return the views that a view needs, each after those that it reads, and itself."""
    needed = {view}
    for name in reversed(names()):
        needed |= set(references(name)) if name in needed else set()
    return [name for name in names() if name in needed]


def test_no_view_reads_a_table_that_the_customer_has_a_view_for(given: Plan, plan: Plan) -> None:
    """And every other view is as it was, in the layer that it was in."""
    for table in ("conversions", "users"):
        assert not [view for view, query in queries(given).items() if f"`{DATASET}`.`{table}`" in query]
    assert {r.address for r in given.of("google_bigquery_table")} == {
        r.address for r in plan.of("google_bigquery_table")
    }
    theirs = {view for view in names() if {"conversions", "users"} & set(references(view))}
    assert {view for view, query in queries(given).items() if "`sendtrail-test`.`shop`." in query} == theirs
    assert {str(r.key).partition(" in ")[0] for r in given.of("google_bigquery_dataset_access")} == theirs


def test_the_customers_own_views_are_what_is_attributed(client: Client, bigquery_url: str) -> None:
    """Ids and amounts come as numbers, and are texts and exact money from there on; what has no time is left out."""
    click = opened(event_type=EventType.CLICK, link_id="1", link_url="https://shop.example")
    with access("sendtrail-test", location="US", endpoint=bigquery_url, clock=SystemClock()) as bigquery:
        warehouse = bigquery.warehouse(DATASET)
        warehouse.merge(activities(click))
        warehouse.merge(contacts(contact()))

    found = client.query_and_wait(
        "SELECT campaign_id, conversions, value, currency"
        f" FROM {DATASET}.attribution_by_campaign WHERE model = 'linear'"
    )

    assert [tuple(row.values()) for row in found] == [(7, 1, Decimal("0.1"), "EUR")]
