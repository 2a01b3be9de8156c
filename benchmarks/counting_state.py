"""A state store that counts its transactions: in the cloud, each is a round trip or more."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from sendtrail.ports import Document, State, Transaction

T = TypeVar("T")


class CountingState:
    """Satisfies the State port and counts transactions."""

    def __init__(self, inner: State) -> None:
        self._inner = inner
        self.transactions = 0

    def transact(self, work: Callable[[Transaction], T], /) -> T:
        """Run a transaction and count it."""
        self.transactions += 1
        return self._inner.transact(work)

    def children(self, collection: str, /) -> Iterator[tuple[str, Document]]:
        """Yield the children of a collection."""
        return self._inner.children(collection)
