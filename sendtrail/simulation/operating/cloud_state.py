"""The documents of a simulated cloud as a command of an operator reaches them: at once, and without trouble."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from sendtrail.ports import Document, Transaction
from sendtrail.simulation.cloud.functions import Cloud
from sendtrail.simulation.cloud.process import world_time

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class CloudState:
    """Satisfies State for whoever is no process."""

    cloud: Cloud

    def transact(self, work: Callable[[Transaction], T], /) -> T:
        """Run `work` in one transaction."""
        return self.cloud.documents.transact(work, now=world_time(self.cloud.scheduler))

    def children(self, collection: str, /) -> Iterator[tuple[str, Document]]:
        """Yield the id and the document of each child of a collection."""
        return iter(self.cloud.documents.children(collection))
