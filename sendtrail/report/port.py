"""What the report needs of a warehouse: a snapshot of its views, and something that runs a SELECT on it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from sendtrail.warehouse.view_snapshot import PlannedView


class Result(Protocol):
    """The columns of a query and its rows."""

    @property
    def columns(self) -> Sequence[str]:
        """Return the names of the columns."""
        ...

    @property
    def rows(self) -> Iterable[Sequence[Any]]:
        """Return the rows, each with a value a column; times are aware, exact numbers are Decimal."""
        ...


Query = Callable[[str], Result]


class Snapshot(Protocol):
    """Views that are read together: their parts as they are made, and what runs a SELECT on them."""

    def make(self, part: PlannedView, /) -> None:
        """Make a part; those that it reads are there."""
        ...

    def source(self, name: str, /) -> str:
        """Return what to write after FROM to read a part, or a view of which none is made."""
        ...

    def query(self, sql: str, /) -> Result:
        """Run a SELECT."""
        ...
