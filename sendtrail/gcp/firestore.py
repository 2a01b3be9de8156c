"""State in Firestore.

Transactions are wrapped once, here. What the client leaves to its users (google-cloud-firestore 2.34):

- `Aborted` raised by a read inside a transaction, or by the commit, is contention, and passes with time;
- a failed commit arrives as a ValueError with its cause, a failed begin as a ValueError of the rollback after it, with
  the real error in its context;
- a commit may succeed and report an error. Running the work again would take its own writes for another's, so each
  document carries the id of the attempt that wrote it, and an attempt that did land is recognised by it.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from google.api_core import exceptions as api
from google.auth.exceptions import GoogleAuthError
from google.cloud import firestore
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, stop_after_delay, wait_random_exponential

from sendtrail.clock import Clock
from sendtrail.documents import Document
from sendtrail.errors import Unavailable
from sendtrail.gcp.trouble import PASSING, causes
from sendtrail.ports import Transaction

T = TypeVar("T")

WRITTEN_BY = "written_by"
MAX_ATTEMPTS = 20
# No attempt starts later than this. One attempt is bounded by the client: 60 s to begin, 60 s to commit.
RETRY_S = 60.0
READ_S = 30.0
_CLOCK_PATH = "clock/now"


class FirestoreState:
    """Documents of a Firestore database, each at the path that Sendtrail calls it by."""

    def __init__(self, client: firestore.Client, *, clock: Clock, new_id: Callable[[], str]) -> None:
        self._client, self._clock, self._new_id = client, clock, new_id

    def transact(self, work: Callable[[Transaction], T], /) -> T:
        """Run `work` in one transaction and return what it returns; it may run again, so it does nothing else.

        Raise Unavailable where Firestore cannot be reached; an error of `work` changes nothing and is passed on.
        """
        attempts = _Attempts(self._client, work, new_id=self._new_id)
        retrying = Retrying(
            retry=retry_if_exception_type(_Passing),
            wait=wait_random_exponential(multiplier=0.05, max=2),
            stop=stop_after_attempt(MAX_ATTEMPTS) | stop_after_delay(RETRY_S),
            sleep=self._clock.sleep,
            reraise=True,
        )
        return retrying(attempts.run)

    def children(self, collection: str, /) -> Iterator[tuple[str, Document]]:
        """Yield the id and the document of each child of a collection; raise Unavailable as transact does."""
        try:
            for snapshot in self._client.collection(collection).stream(timeout=READ_S):
                yield snapshot.id, _document(snapshot.to_dict() or {})
        except (api.GoogleAPIError, GoogleAuthError) as error:
            raise Unavailable(f"Firestore did not list {collection}: {error}") from error


class _Passing(Unavailable):
    """Trouble with Firestore that is worth another attempt."""


class _Attempt:
    """One attempt at a transaction: reads go to Firestore, writes wait for the commit."""

    def __init__(self, client: firestore.Client, transaction: firestore.Transaction, *, attempt_id: str) -> None:
        self._client, self._transaction = client, transaction
        self._now: datetime | None = None
        self.writes: dict[str, Document] = {}
        self.id = attempt_id

    @property
    def now(self) -> datetime:
        """Return when the first read saw the database; asked before any, look without taking a lock."""
        if self._now is None:
            self._now = _utc(self._client.document(_CLOCK_PATH).get(timeout=READ_S).read_time)
        return self._now

    def get(self, path: str, /) -> Document | None:
        """Return a document, None where there is none."""
        if path in self.writes:
            return self.writes[path]
        stored = self.read(path)
        return None if stored is None else _document(stored)

    def set(self, path: str, document: Document, /) -> None:
        """Replace a document when the transaction commits."""
        self.writes[path] = document

    def read(self, path: str) -> dict[str, Any] | None:
        """Return a document as it is stored."""
        (snapshot,) = self._transaction.get_all([self._client.document(path)], timeout=READ_S)
        if self._now is None:
            self._now = _utc(snapshot.read_time)
        return snapshot.to_dict()

    def send(self) -> None:
        """Hand the writes to the transaction, which commits them next."""
        for path, document in self.writes.items():
            self._transaction.set(self._client.document(path), {**document, WRITTEN_BY: self.id})


class _Attempts(Generic[T]):
    """The attempts at one piece of work, until one is known to have landed."""

    def __init__(
        self, client: firestore.Client, work: Callable[[Transaction], T], *, new_id: Callable[[], str]
    ) -> None:
        self._client, self._work, self._new_id = client, work, new_id
        self._sent: list[tuple[_Attempt, T]] = []
        self._failure: Exception | None = None

    def run(self) -> T:
        """Run the work in a transaction of its own, unless an earlier attempt turns out to have been committed."""
        outer = sys.exception()
        try:
            # One attempt: the client's own ones follow each other without a pause.
            return firestore.transactional(self._run_in)(self._client.transaction(max_attempts=1))  # type: ignore[no-any-return]
        except (api.GoogleAPIError, GoogleAuthError, ValueError) as error:
            found = list(causes(error, outer=outer))
        if self._failure is not None:
            raise self._failure
        raise _as_unavailable(found)

    def _run_in(self, transaction: firestore.Transaction) -> T:
        attempt = _Attempt(self._client, transaction, attempt_id=self._new_id())
        for sent, result in self._sent:
            if _landed(sent, attempt):
                return result
        try:
            result = self._work(attempt)
        except api.GoogleAPIError:
            raise  # of a read
        except Exception as error:
            self._failure = error  # a rollback that fails would hide it
            raise
        attempt.send()
        if attempt.writes:
            self._sent.append((attempt, result))
        return result


def _landed(sent: _Attempt, attempt: _Attempt) -> bool:
    stored = attempt.read(next(iter(sent.writes)))  # all were written, or none
    return stored is not None and stored.get(WRITTEN_BY) == sent.id


def _as_unavailable(found: list[BaseException]) -> Unavailable:
    """Return what to raise for an error of the client and its causes; those that are worth it are tried again."""
    reasons = [cause for cause in found if isinstance(cause, api.GoogleAPIError | GoogleAuthError)]
    told = reasons[-1] if reasons else found[0]
    kind = _Passing if any(_may_pass(cause) for cause in reasons) else Unavailable
    unavailable = kind(f"Firestore did not complete a transaction: {told}")
    unavailable.__cause__ = told
    return unavailable


def _may_pass(error: BaseException) -> bool:
    # "The referenced transaction has expired or is no longer valid": it was lost, or committed after all.
    is_lost_transaction = isinstance(error, api.InvalidArgument) and "transaction" in str(error).lower()
    return is_lost_transaction or isinstance(error, PASSING)


def _document(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in stored.items() if name != WRITTEN_BY}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return _utc(value)
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value


def _utc(value: datetime) -> datetime:
    """Return the client's DatetimeWithNanoseconds as a plain datetime."""
    plain = value.astimezone(UTC)
    return datetime.combine(plain.date(), plain.timetz())
