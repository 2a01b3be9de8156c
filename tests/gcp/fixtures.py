"""Google's emulators for a test session; one set a worker process, started when a test first asks for one."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from uuid import uuid4

import pytest
from google.cloud import firestore
from google.cloud.bigquery import Client
from google.cloud.pubsub_v1 import PublisherClient

from sendtrail.gcp.clients import bigquery_client, firestore_client, publisher_client
from sendtrail.gcp.emulators import bigquery, google
from sendtrail.gcp.emulators.processes import EmulatorMissing

REPOSITORY = Path(__file__).resolve().parents[2]
PROJECT = "sendtrail-test"


def present(emulator: Callable[[], AbstractContextManager[str]], stack: ExitStack) -> str:
    """Start an emulator; without it, skip the test and say why, or fail where CI has to have it."""
    try:
        return stack.enter_context(emulator())
    except EmulatorMissing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def firestore_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of Firestore's emulator."""
    with ExitStack() as stack:
        yield present(lambda: google.firestore(tmp_path_factory.mktemp("firestore")), stack)


@pytest.fixture(scope="session")
def pubsub_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of Pub/Sub's emulator."""
    with ExitStack() as stack:
        yield present(lambda: google.pubsub(tmp_path_factory.mktemp("pubsub")), stack)


@pytest.fixture(scope="session")
def bigquery_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the BigQuery emulator."""
    folder = tmp_path_factory.mktemp("bigquery")
    environment = REPOSITORY / bigquery.FOLDER
    with ExitStack() as stack:
        yield present(
            lambda: bigquery.bigquery(PROJECT, environment=environment, data=folder / "data", log_folder=folder), stack
        )


@pytest.fixture
def firestore_database(firestore_address: str) -> Iterator[firestore.Client]:
    """A client of an empty Firestore: a project of its own for each test."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FIRESTORE_EMULATOR_HOST", firestore_address)
        client = firestore_client(f"test-{uuid4().hex[:12]}", database="(default)")
        yield client
        client.close()


@pytest.fixture
def publisher(pubsub_address: str) -> Iterator[PublisherClient]:
    """A client that publishes to Pub/Sub's emulator."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PUBSUB_EMULATOR_HOST", pubsub_address)
        client = publisher_client()
        yield client
        client.stop()


@pytest.fixture(scope="session")
def bigquery_emulated(bigquery_url: str) -> Iterator[Client]:
    """A client of the BigQuery emulator."""
    with bigquery_client(PROJECT, location="US", endpoint=bigquery_url) as client:
        yield client
