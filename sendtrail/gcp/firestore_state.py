"""State in Firestore: transactions without locks.

A transaction reads documents, and its commit is refused unless all of them are still as they were; then it runs again.
Firestore's own transactions hold locks from the first read on: two that read a document before they write it wait for
each other until one is thrown out, and those of a killed worker hold up all others (60 s, on the emulator 30 s):
https://cloud.google.com/firestore/native/docs/transaction-data-contention. Their client retries without a pause, within
deadlines of 60 to 300 s, and hides contention in ValueErrors.

A commit may succeed and report an error. Running the work again would take its own writes for another's, so each
document carries the id of the attempt that wrote it, and an attempt that did land is recognised by it.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Generic, TypeVar

from google.api_core import exceptions as api
from google.auth.exceptions import GoogleAuthError
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, stop_after_delay, wait_random_exponential

from sendtrail.clock import Clock
from sendtrail.errors import Unavailable
from sendtrail.gcp.clients import PASSING
from sendtrail.gcp.firestore_api import Database, Snapshot
from sendtrail.ports import Document, Transaction

T = TypeVar("T")

WRITTEN_BY = "written_by"
MAX_ATTEMPTS = 40
RETRY_S = 60.0
# A document that was read has changed, come or gone; Aborted (among PASSING) is contention on Firestore's side.
CONFLICTS = (api.AlreadyExists, api.FailedPrecondition, api.NotFound)
_CLOCK_PATH = "clock/now"


class FirestoreState:
    """Documents of a Firestore database, each at the path that Sendtrail calls it by."""

    def __init__(self, database: Database, *, clock: Clock, new_id: Callable[[], str]) -> None:
        self._database, self._clock, self._new_id = database, clock, new_id

    def transact(self, work: Callable[[Transaction], T], /) -> T:
        """Run `work` in one transaction and return what it returns; it may run again, so it does nothing else.

        Raise Unavailable where Firestore cannot be reached; an error of `work` changes nothing and is passed on.
        """
        attempts = _Attempts(self._database, work, new_id=self._new_id)
        retrying = Retrying(
            retry=retry_if_exception_type(_Passing),
            wait=wait_random_exponential(multiplier=0.02, max=2),
            stop=stop_after_attempt(MAX_ATTEMPTS) | stop_after_delay(RETRY_S),
            sleep=self._clock.sleep,
            reraise=True,
        )
        return retrying(attempts.run)

    def children(self, collection: str, /) -> Iterator[tuple[str, Document]]:
        """Yield the id and the document of each child of a collection; raise Unavailable as transact does."""
        try:
            for name, fields in self._database.children(collection):
                yield name, _without_mark(fields)
        except (api.GoogleAPIError, GoogleAuthError) as error:
            raise Unavailable(f"Firestore did not list {collection}: {error}") from error


class _Passing(Unavailable):
    """Trouble with Firestore that is worth another attempt."""


class _Attempt:
    """One attempt at a transaction: each document is read once, and writes wait for the commit."""

    def __init__(self, database: Database, *, attempt_id: str) -> None:
        self._database = database
        self._read: dict[str, Snapshot] = {}
        self._now: datetime | None = None
        self.writes: dict[str, Document] = {}
        self.id = attempt_id

    @property
    def now(self) -> datetime:
        """Return Firestore's time of the first read; asked before any, read a document that is never there."""
        if self._now is None:
            self._now = self._looked_up(_CLOCK_PATH).read_at
        return self._now

    def get(self, path: str, /) -> Document | None:
        """Return a document, None where there is none."""
        if path in self.writes:
            return self.writes[path]
        fields = self._snapshot(path).fields
        return None if fields is None else _without_mark(fields)

    def set(self, path: str, document: Document, /) -> None:
        """Replace a document when the transaction commits."""
        self.writes[path] = document

    def writer(self, path: str) -> str | None:
        """Return the id of the attempt that wrote a document."""
        return (self._snapshot(path).fields or {}).get(WRITTEN_BY)

    def commit(self) -> None:
        """Store the writes, if nothing that was read has changed."""
        if not self.writes:
            return
        marked = {path: {**document, WRITTEN_BY: self.id} for path, document in self.writes.items()}
        try:
            self._database.commit(marked, read=list(self._read.values()))
        except (api.GoogleAPIError, GoogleAuthError) as error:
            raise _unavailable(error, passing=(*PASSING, *CONFLICTS)) from error

    def _snapshot(self, path: str) -> Snapshot:
        if path not in self._read:
            self._read[path] = self._looked_up(path)
            self._now = self._now or self._read[path].read_at
        return self._read[path]

    def _looked_up(self, path: str) -> Snapshot:
        try:
            return self._database.read(path)
        except (api.GoogleAPIError, GoogleAuthError) as error:
            raise _unavailable(error, passing=PASSING) from error


class _Attempts(Generic[T]):
    """The attempts at one piece of work, until one is known to have landed."""

    def __init__(self, database: Database, work: Callable[[Transaction], T], *, new_id: Callable[[], str]) -> None:
        self._database, self._work, self._new_id = database, work, new_id
        self._sent: list[tuple[_Attempt, T]] = []

    def run(self) -> T:
        """Run the work and commit it, unless an earlier attempt turns out to have been committed."""
        attempt = _Attempt(self._database, attempt_id=self._new_id())
        for sent, result in self._sent:
            if attempt.writer(next(iter(sent.writes))) == sent.id:  # all were written, or none
                return result
        result = self._work(attempt)
        if attempt.writes:
            self._sent.append((attempt, result))
        attempt.commit()
        return result


def _unavailable(error: Exception, *, passing: tuple[type[Exception], ...]) -> Unavailable:
    kind = _Passing if isinstance(error, passing) else Unavailable
    return kind(f"Firestore did not complete a transaction: {error}")


def _without_mark(fields: Document) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != WRITTEN_BY}
