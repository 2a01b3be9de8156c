"""The erased list of a Google Cloud project, for commands that load rows into it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from sendtrail.cli.settings.warehouse_settings import AccountSettings
from sendtrail.clock import Clock
from sendtrail.erasure.erased_people import ErasedPeople
from sendtrail.erasure.stored_people import StoredPeople


@contextmanager
def erased_people_of(
    settings: AccountSettings, project_id: str, *, clock: Clock
) -> Iterator[Callable[[], ErasedPeople]]:
    """Yield what returns the list; nobody is on that of an emulated BigQuery without an emulated Firestore."""
    if settings.bigquery_endpoint and not settings.firestore_emulator_host:
        yield lambda: ErasedPeople(key=b"")
        return
    from sendtrail.gcp.clients import firestore_client, secret_client  # noqa: PLC0415  (an extra)
    from sendtrail.gcp.erasure.erasure_key import read_key, secret_name  # noqa: PLC0415
    from sendtrail.gcp.firestore_api import Database  # noqa: PLC0415
    from sendtrail.gcp.firestore_state import FirestoreState  # noqa: PLC0415

    with firestore_client(settings.firestore_emulator_host) as client:
        database = Database(client, project_id=project_id, database=settings.installation)
        state = FirestoreState(database, clock=clock, new_id=lambda: uuid4().hex)
        yield StoredPeople(state, lambda: read_key(secret_client(), secret_name(project_id, settings.installation)))
