"""How many rows an account said that a list has, where that was proven: kept, as each list proves it anew otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sendtrail.clock import Clock
from sendtrail.errors import BadDocument
from sendtrail.ports import State, Transaction
from sendtrail.state.documents import from_document, list_totals_path, to_document

# An account that was truthful may cease to be, as when it keeps a total in a cache: a day later it proves it again.
TRUSTED_FOR = timedelta(days=1)
# Sooner, so that a list that ends with a page that is not full stays proven by four runs a day.
RECORDED_EVERY = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvenTotals:
    """When each list, by its name, last came to its proven end with as many rows as the account had said."""

    proven_at: Mapping[str, datetime] = field(default_factory=dict)


class StoredTotals:
    """The proven totals of an account in the state store."""

    def __init__(self, state: State, clock: Clock, *, organization_id: str) -> None:
        self._state, self._clock, self._path = state, clock, list_totals_path(organization_id)

    def is_trusted(self, name: str) -> bool:
        """Return whether the account has lately said the truth about a list."""
        return self._age(name) < TRUSTED_FOR

    def record(self, name: str) -> None:
        """Record that a list came to its proven end as the account had said."""
        if self._age(name) >= RECORDED_EVERY:
            self._state.transact(lambda transaction: self._write(transaction, name))

    def _age(self, name: str) -> timedelta:
        found = self._state.transact(self._read).proven_at.get(name)
        age = timedelta.max if found is None else self._clock.now() - found
        return age if age >= timedelta() else timedelta.max  # by a clock that was wrong

    def _read(self, transaction: Transaction) -> ProvenTotals:
        document = transaction.get(self._path)
        try:
            return ProvenTotals() if document is None else from_document(ProvenTotals, document)
        except BadDocument:  # it costs a request to prove it again
            return ProvenTotals()

    def _write(self, transaction: Transaction, name: str) -> None:
        known = self._read(transaction)
        changed = replace(known, proven_at={**known.proven_at, name: self._clock.now()})
        transaction.set(self._path, to_document(changed))
