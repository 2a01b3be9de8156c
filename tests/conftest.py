"""Google's emulators, for every test that asks for them; see tests/gcp/fixtures.py."""

from tests.gcp.fixtures import (  # noqa: F401 - fixtures, found by their names
    bigquery_client,
    bigquery_datasets,
    bigquery_url,
    bigquery_warehouse,
    firestore_address,
    firestore_database,
    firestore_state,
    pubsub_address,
    pubsub_publisher,
)
