"""Google's clients, as Sendtrail sets them up; Pub/Sub's finds its emulator by itself (PUBSUB_EMULATOR_HOST)."""

import grpc
from google.api_core import exceptions as api
from google.api_core.retry import Retry, if_exception_type
from google.api_core.timeout import ConstantTimeout
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import DefaultCredentialsError, TransportError
from google.cloud import bigquery
from google.cloud.firestore_v1.services.firestore import FirestoreClient
from google.cloud.firestore_v1.services.firestore.transports import FirestoreGrpcTransport
from google.cloud.pubsub_v1 import PublisherClient, SubscriberClient
from google.cloud.pubsub_v1.types import PublisherOptions
from google.cloud.secretmanager_v1 import SecretManagerServiceClient

from sendtrail.errors import SettingsError

# https://cloud.google.com/apis/design/errors#handling_errors; RetryError: a client's own retries ran out of time.
PASSING = (
    api.Aborted,
    api.Cancelled,
    api.DeadlineExceeded,
    api.InternalServerError,
    api.RetryError,
    api.ServiceUnavailable,
    api.TooManyRequests,
    api.Unknown,
    TransportError,
)

PUBLISH_WAIT_S = 25.0
# The client would go on for 600 s, long after the function has answered: it gives up before anybody stops waiting.
PUBLISHER_OPTIONS = PublisherOptions(
    retry=Retry(
        predicate=if_exception_type(*PASSING), initial=0.1, maximum=4.0, multiplier=1.5, timeout=PUBLISH_WAIT_S - 5
    ),
    timeout=ConstantTimeout(PUBLISH_WAIT_S - 10),  # type: ignore[no-untyped-call]
)

NOT_SIGNED_IN = "nobody is signed in to Google Cloud: run gcloud auth application-default login"


def bigquery_client(project_id: str, *, location: str, endpoint: str | None = None) -> bigquery.Client:
    """Return a client of BigQuery, or of an emulator at `endpoint` (http://host:port), without credentials.

    Raise SettingsError where there are no credentials.
    """
    if endpoint is None:
        try:
            return bigquery.Client(project=project_id, location=location)
        except DefaultCredentialsError as error:
            raise SettingsError([f"{NOT_SIGNED_IN} ({error})"]) from error
    return bigquery.Client(
        project=project_id,
        location=location,
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
        client_options={"api_endpoint": endpoint},
    )


def firestore_client(emulator: str | None = None) -> FirestoreClient:
    """Return a client of Firestore, or of an emulator at `emulator` (host:port), without credentials.

    Raise SettingsError where there are no credentials.
    """
    if emulator is None:
        try:
            return FirestoreClient()
        except DefaultCredentialsError as error:
            raise SettingsError([f"{NOT_SIGNED_IN} ({error})"]) from error
    return FirestoreClient(transport=FirestoreGrpcTransport(channel=grpc.insecure_channel(emulator)))


def publisher_client() -> PublisherClient:
    """Return a client that publishes within the time that Sendtrail waits for it."""
    return PublisherClient(publisher_options=PUBLISHER_OPTIONS)


def subscriber_client() -> SubscriberClient:
    """Return a client that pulls messages."""
    return SubscriberClient()


def secret_client() -> SecretManagerServiceClient:
    """Return a client of Secret Manager."""
    return SecretManagerServiceClient()
