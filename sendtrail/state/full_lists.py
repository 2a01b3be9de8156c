"""Lists that came to their proven end with a full page: kept, as no later answer shows that they end there.

That a list has as many rows as its total says is no proof, as an account may keep a total in a cache. That its rows are
the same as when its end was proven is one, where it shows the newest first: a row that was added would be the first.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256

from sendtrail.clock import Clock
from sendtrail.ports import State, Transaction
from sendtrail.state.documents import full_lists_path, read_known, to_document

# A row with a lesser id than all others would not be the first: whoever brings one back waits for so long at most.
PROVEN_FOR = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class FullListsDocument:
    """When each list, by its name, last came to its proven end, and which rows it had, if its last page was full."""

    proven_at: Mapping[str, datetime] = field(default_factory=dict)
    full_lists: Mapping[str, str] = field(default_factory=dict)


class StoredFullLists:
    """What was proven of an account's lists, in the state store."""

    def __init__(self, state: State, clock: Clock, *, organization_id: str) -> None:
        self._state, self._clock, self._path = state, clock, full_lists_path(organization_id)

    def ended_full(self, name: str) -> bool:
        """Return whether a list lately ended with a full page."""
        return bool(self._full_list(name))

    def is_known(self, name: str, ids: Collection[int]) -> bool:
        """Return whether a list lately came to its proven end with these rows, of which the last page was full."""
        return self._full_list(name) == rows_digest(ids)

    def record(self, name: str, ids: Collection[int], *, is_full: bool) -> None:
        """Record the rows of a list that came to its proven end; of one whose last page shows it nothing is kept."""
        if is_full or self._state.transact(self._read).full_lists.get(name):
            self._state.transact(
                lambda transaction: self._write(transaction, name, rows_digest(ids) if is_full else "")
            )

    def _full_list(self, name: str) -> str:
        found = self._state.transact(self._read)
        proven_at = found.proven_at.get(name)
        age = None if proven_at is None else self._clock.now() - proven_at
        is_recent = age is not None and timedelta() <= age < PROVEN_FOR  # not by a clock that was wrong
        return found.full_lists.get(name, "") if is_recent else ""

    def _read(self, transaction: Transaction) -> FullListsDocument:
        return read_known(transaction, self._path, FullListsDocument) or FullListsDocument()

    def _write(self, transaction: Transaction, name: str, rows: str) -> None:
        known = self._read(transaction)
        changed = replace(
            known,
            proven_at={**known.proven_at, name: self._clock.now()},
            full_lists={**known.full_lists, name: rows},
        )
        transaction.set(self._path, to_document(changed))


def rows_digest(ids: Collection[int]) -> str:
    """Return what tells the rows of a list from others, in whatever order."""
    return sha256(" ".join(map(str, sorted(ids))).encode()).hexdigest()
