"""Counters of a run, for the progress bars and the summary."""

import threading
from collections import Counter
from collections.abc import Callable

from sendtrail.warehouse.rows import Batch, Table, activity_rows

TOO_MANY_REQUESTS = 429


class RunStats:
    """The counters so far; `changed` is called after every change, from any thread."""

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        self._lock = threading.Lock()
        self._changed = changed
        self.requests = 0
        self.contacts_requests = 0
        self.refused = 0
        self.activities_read: Counter[str] = Counter()
        self.activities_new = 0
        self.unreadable_rows = 0
        self.contacts_read = 0
        self.contacts_changed = 0
        self.contacts_vanished = 0

    def on_response(self, status: int) -> None:
        """Count an answer of the API, of any status."""
        with self._lock:
            self.requests += 1
            self.refused += status == TOO_MANY_REQUESTS
        self._changed()

    def on_contacts_response(self, status: int) -> None:
        """Count an answer to the contacts worker."""
        with self._lock:
            self.contacts_requests += 1
        self.on_response(status)

    def on_merge(self, batch: Batch, new_rows: int) -> None:
        """Count a batch that was merged."""
        with self._lock:
            if batch.table is Table.EMAIL_ACTIVITIES:
                self.activities_read.update(row["event_type"] for row in activity_rows(batch))
                self.activities_new += new_rows
            elif batch.table is Table.UNREADABLE_ROWS:
                self.unreadable_rows += len(batch.rows)
            elif batch.table is Table.CONTACTS:
                self.contacts_read += len(batch.rows)
                self.contacts_changed += new_rows
        self._changed()

    def on_vanished(self, contacts: int) -> None:
        """Count the contacts that a pass no longer found."""
        with self._lock:
            self.contacts_vanished += contacts
