"""Google's emulators for a test session: started when a test first asks for one, once per process of the tests."""

from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest
from google.cloud.bigquery import Client

from sendtrail.clock import SystemClock
from sendtrail.emulators import bigquery, gcloud
from sendtrail.emulators.queues import Queues
from sendtrail.gcp import clients
from sendtrail.gcp.bigquery_jobs import Jobs
from sendtrail.gcp.bigquery_tables import create_tables
from sendtrail.gcp.bigquery_warehouse import BigQueryWarehouse, Datasets
from sendtrail.gcp.firestore_api import Database
from sendtrail.gcp.firestore_state import FirestoreState
from sendtrail.gcp.pubsub import PubSubPublisher
from sendtrail.ports import Topic
from sendtrail.warehouse.rows import Table
from sendtrail.warehouse.tables import CONTACTS_SEEN
from tests.contracts.under_test import PublisherUnderTest, WarehouseUnderTest

REPOSITORY = Path(__file__).resolve().parents[2]
PROJECT = "sendtrail-test"


@pytest.fixture(scope="session")
def firestore_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of Firestore's emulator."""
    with gcloud.firestore(tmp_path_factory.mktemp("firestore")) as address:
        yield address


@pytest.fixture(scope="session")
def pubsub_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of Pub/Sub's emulator."""
    with gcloud.pubsub(tmp_path_factory.mktemp("pubsub")) as address:
        yield address


@pytest.fixture(scope="session")
def bigquery_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the URL of the BigQuery emulator."""
    folder, environment = tmp_path_factory.mktemp("bigquery"), REPOSITORY / bigquery.FOLDER
    with bigquery.bigquery(PROJECT, environment=environment, data=folder / "data", log_folder=folder) as url:
        yield url


@pytest.fixture(scope="session")
def bigquery_client(bigquery_url: str) -> Iterator[Client]:
    """Give a client of the BigQuery emulator."""
    with clients.bigquery_client(PROJECT, location="US", endpoint=bigquery_url) as client:
        yield client


@pytest.fixture
def firestore_database(firestore_address: str) -> Iterator[Database]:
    """Give an empty Firestore database: a project of its own for each test."""
    with clients.firestore_client(firestore_address) as client:
        yield Database(client, project_id=f"test-{uuid4().hex[:12]}")


@pytest.fixture
def firestore_state(firestore_database: Database) -> FirestoreState:
    """Give an empty state in Firestore's emulator."""
    ids = count()
    return FirestoreState(firestore_database, clock=SystemClock(), new_id=lambda: f"attempt-{next(ids)}")


@pytest.fixture
def pubsub_publisher(pubsub_address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[PublisherUnderTest]:
    """Give a publisher of topics of its own in Pub/Sub's emulator, read by pulling."""
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", pubsub_address)
    project, client = f"test-{uuid4().hex[:12]}", clients.publisher_client()
    with closing(Queues(project, emulator=pubsub_address)) as queues:
        for topic in Topic:
            queues.create_topic(topic)
            queues.pull(topic, name=topic)
        topics = {topic: f"projects/{project}/topics/{topic}" for topic in Topic}
        yield PublisherUnderTest(publisher=PubSubPublisher(client, topics=topics), read=queues.waiting)
    client.stop()


@pytest.fixture(scope="session")
def bigquery_datasets(bigquery_client: Client) -> Datasets:
    """Give datasets with every table: the emulator gets slower with each further one."""
    datasets = Datasets(tables="tables", staging="tables_staging")
    create_tables(bigquery_client, datasets)
    return datasets


@pytest.fixture
def bigquery_warehouse(bigquery_client: Client, bigquery_datasets: Datasets) -> Iterator[WarehouseUnderTest]:
    """Give a warehouse with empty tables in the BigQuery emulator."""
    warehouse = BigQueryWarehouse(
        bigquery_client,
        Jobs(bigquery_client, clock=SystemClock(), seconds_left=lambda: 60.0),
        datasets=bigquery_datasets,
        new_id=lambda: uuid4().hex,
        maximum_bytes_billed=10**9,
    )

    def rows(table: Table) -> list[dict[str, object]]:
        statement = f"SELECT * FROM {bigquery_datasets.tables}.{table}"
        return [dict(row) for row in bigquery_client.query_and_wait(statement)]

    def empty() -> None:
        full = [f"{bigquery_datasets.tables}.{table}" for table in Table]
        full.append(f"{bigquery_datasets.staging}.{CONTACTS_SEEN}")
        bigquery_client.query_and_wait("; ".join(f"DELETE FROM {table} WHERE TRUE" for table in full))

    empty()  # of what tests have left that fill the tables in another way
    yield WarehouseUnderTest(warehouse=warehouse, rows=rows)
    empty()
