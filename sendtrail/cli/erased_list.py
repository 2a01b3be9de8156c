"""The erased list and the pseudonyms of a Google Cloud project, for commands that load rows into it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from uuid import uuid4

from sendtrail.cli.settings.warehouse_settings import AccountSettings
from sendtrail.clock import Clock
from sendtrail.erasure.erased_people import ErasedPeople
from sendtrail.erasure.stored_people import StoredPeople
from sendtrail.pseudonyms.pseudonyms import Pseudonyms
from sendtrail.pseudonyms.stored_pseudonyms import stored_pseudonyms


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredEdge:
    """What returns who is erased, and the pseudonyms, None where addresses are stored as they are."""

    people: Callable[[], ErasedPeople]
    pseudonyms: Callable[[], Pseudonyms | None]


@contextmanager
def stored_edge(settings: AccountSettings, project_id: str, *, clock: Clock) -> Iterator[StoredEdge]:
    """Yield what rows pass on their way in: nothing of an emulated BigQuery without an emulated Firestore."""
    if settings.bigquery_endpoint and not settings.firestore_emulator_host:
        yield StoredEdge(people=lambda: ErasedPeople(key=b""), pseudonyms=lambda: None)
        return
    from sendtrail.gcp.clients import firestore_client, secret_client  # noqa: PLC0415  (an extra)
    from sendtrail.gcp.erasure.erasure_key import read_key, secret_name  # noqa: PLC0415
    from sendtrail.gcp.firestore_api import Database  # noqa: PLC0415
    from sendtrail.gcp.firestore_state import FirestoreState  # noqa: PLC0415

    with firestore_client(settings.firestore_emulator_host) as client:
        database = Database(client, project_id=project_id, database=settings.installation)
        state = FirestoreState(database, clock=clock, new_id=lambda: uuid4().hex)
        yield StoredEdge(
            people=StoredPeople(
                state, lambda: read_key(secret_client(), secret_name(project_id, settings.installation))
            ),
            pseudonyms=cache(lambda: stored_pseudonyms(state, pseudonym_key_of(project_id, settings.installation))),
        )


def pseudonym_key_of(project_id: str, installation: str) -> Callable[[], str]:
    """Return what returns the key of an installation's pseudonyms."""

    def key() -> str:
        from sendtrail.gcp.clients import secret_client  # noqa: PLC0415  (an extra)
        from sendtrail.gcp.erasure.erasure_key import pseudonym_secret_name, read_key  # noqa: PLC0415

        return read_key(secret_client(), pseudonym_secret_name(project_id, installation))

    return key
