"""The tables and views that people query."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sendtrail.warehouse import views
from sendtrail.warehouse.rows import Table
from sendtrail.warehouse.tables import Column, definition


@dataclass(frozen=True, kw_only=True, slots=True)
class Relation:
    """A table or view; `day` is the column by whose months its files are split, where it is big."""

    name: str
    is_view: bool
    description: str
    columns: Sequence[Column]
    day: str | None = None


def relations() -> Iterator[Relation]:
    """Yield every table and view that people query, tables first."""
    for table in Table:
        found = definition(table)
        partitions = found.resource.get("timePartitioning") or {}
        yield Relation(
            name=found.name,
            is_view=False,
            description=found.description,
            columns=found.columns,
            day=partitions.get("field"),
        )
    for view in sorted(views.names()):
        yield Relation(name=view, is_view=True, description=views.description(view), columns=views.columns(view))
