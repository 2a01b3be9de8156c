"""What the report needs from a warehouse: a snapshot of its views, and a way to run a SELECT on it."""

from collections.abc import Collection
from typing import Protocol

from sendtrail.warehouse.query_result import QueryResult
from sendtrail.warehouse.view_snapshot import PlannedView


class Snapshot(Protocol):
    """Views that are read together: each is created once, and then queried."""

    @property
    def stored(self) -> Collection[str]:
        """Return the views that are read where they are, as their rows are stored."""
        ...

    def create(self, view: PlannedView, /) -> None:
        """Create a view of the plan; those that it reads must have been created before."""
        ...

    def source(self, name: str, /) -> str:
        """Return what to write after FROM to read a view of the plan, or one that is read in place."""
        ...

    def query(self, sql: str, /) -> QueryResult:
        """Run a SELECT."""
        ...
