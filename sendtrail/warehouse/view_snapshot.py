"""Plans a snapshot: views that are read together, each computed once however many others read it.

Reading ten views one by one computes ten times what they have in common. The plan says which views a set of requests
needs, in which order to create them, and which to materialize as a table because they are read more than once.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sendtrail.warehouse.views import READ_IN_PLACE, columns, names, references_in, text, with_sources

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """The views as they would be if `query` replaced the view `replaced`, which the query may read."""

    name: str
    replaced: str
    query: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ViewRequest:
    """A view to read, as it is or with an override, and the columns to read from it; None for all."""

    view: str
    override: Override | None = None
    columns: frozenset[str] | None = None

    @property
    def name(self) -> str:
        """Return the name that the view has in the plan."""
        return _Node.of(self.view, self.override).name


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedView:
    """A view of the plan: materialized as a table of the columns that are read, or computed by its only reader.

    `reads` are the views that the query names, each with its name in the plan.
    """

    name: str
    view: str
    query: str
    reads: Mapping[str, str]
    columns: tuple[str, ...]
    is_materialized: bool

    def sql(self, *, dataset: str, sources: Mapping[str, str]) -> str:
        """Return the query in BigQuery's SQL; `sources` has what to read each view of the plan from, by its name."""
        found = {view: sources[name] for view, name in self.reads.items()}
        return with_sources(self.query, dataset=dataset, sources=found)


def plan_views(requests: Iterable[ViewRequest], *, stored: Collection[str] = ()) -> list[PlannedView]:
    """Return the views to create for some requests, each after those that it reads.

    Views that are as cheap to read as a table (READ_IN_PLACE) are not among them, nor are those that the dataset has
    `stored`, unless an override changes what they say.
    """
    asked: dict[_Node, list[ViewRequest]] = {}
    for each in requests:
        node = _Node.of(each.view, each.override)
        if not node.is_read_in_place(stored):
            asked.setdefault(node, []).append(each)
    needed = sorted(_with_what_they_read(asked, stored), key=lambda node: node.order)
    reads = {node: list(node.reads(stored)) for node in needed}
    times_read = Counter([*asked, *(read for found in reads.values() for _, read in found)])
    readers = {node: [reader for reader in needed if node in dict(reads[reader]).values()] for node in needed}
    return [
        PlannedView(
            name=node.name,
            view=node.view,
            query=node.query,
            reads={view: read.name for view, read in reads[node]},
            columns=_columns_read(node, readers[node], asked.get(node, [])),
            is_materialized=times_read[node] > 1,
        )
        for node in needed
    ]


@dataclass(frozen=True, slots=True)
class _Node:
    """A view with an override, or without one where it reads nothing that the override replaces."""

    view: str
    override: Override | None = field(default=None)

    @classmethod
    def of(cls, view: str, override: Override | None) -> "_Node":
        return cls(view, override if override and _depends(view, override.replaced) else None)

    @property
    def name(self) -> str:
        return f"{self.view}__{self.override.name}" if self.override else self.view

    @property
    def order(self) -> tuple[int, str]:
        return names().index(self.view), self.name

    @property
    def query(self) -> str:
        return self.override.query if self.override and self._is_replaced else text(self.view)

    def is_read_in_place(self, stored: Collection[str]) -> bool:
        """Return whether the dataset has it in a form that is as cheap to read as any."""
        return self.view in READ_IN_PLACE or (self.override is None and self.view in stored)

    def reads(self, stored: Collection[str]) -> Iterator[tuple[str, "_Node"]]:
        """Yield each view that the query computes, by name and as a node, as often as it reads it."""
        inner = None if self._is_replaced else self.override
        for view in references_in(self.query):
            node = _Node.of(view, inner) if view in names() else None
            if node and not node.is_read_in_place(stored):
                yield view, node

    @property
    def _is_replaced(self) -> bool:
        return self.override is not None and self.override.replaced == self.view


def _depends(view: str, on: str) -> bool:
    return view == on or any(_depends(each, on) for each in set(references_in(text(view))) & set(names()))


def _with_what_they_read(nodes: Iterable[_Node], stored: Collection[str]) -> set[_Node]:
    found: set[_Node] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += [read for _, read in node.reads(stored)]
    return found


def _columns_read(node: _Node, readers: Collection[_Node], asked: Iterable[ViewRequest]) -> tuple[str, ...]:
    """Return the columns that are asked for, named by a reader, or passed on by its star."""
    every = tuple(column.name for column in columns(node.view))
    words = {name for each in asked for name in (every if each.columns is None else each.columns)}
    for reader in readers:
        words |= {*_WORD.findall(reader.query), *(column.name for column in columns(reader.view))}
    return tuple(name for name in every if name in words)
