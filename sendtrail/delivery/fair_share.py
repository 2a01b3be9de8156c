"""The share of an instance's threads that one account may have, so that nobody waits for another's backfill."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sendtrail import threads
from sendtrail.errors import Busy

# So many use all of an account's requests per second; a fifth would hold a thread, and read no faster.
DELIVERIES_AN_ACCOUNT = 4


class FairShare:
    """How many deliveries of each account are under way in this instance."""

    def __init__(self, most: int = DELIVERIES_AN_ACCOUNT) -> None:
        self._most = most
        self._lock = threads.lock()
        self._running = Counter[str]()

    @contextmanager
    def of(self, organization_id: str) -> Iterator[None]:
        """Hold a thread for an account; raise Busy where it has its share already."""
        with self._lock:
            if self._running[organization_id] >= self._most:
                raise Busy(
                    f"{self._most} deliveries of {organization_id} are under way here: this one comes after them"
                )
            self._running[organization_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._running[organization_id] -= 1
