"""The emulators, for the tests of this folder."""

from tests.gcp.fixtures import (  # noqa: F401 - fixtures, found by their names
    bigquery_emulated,
    bigquery_url,
    firestore_address,
    firestore_database,
    publisher,
    pubsub_address,
)
