"""A snapshot: views that are read together, each computed once however many others read it.

Reading ten views one by one computes what they have in common ten times. Here it is decided which views a set of wanted
ones needs, in which order they are made, and which are kept as a table because more than one reads them.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sendtrail.warehouse.views import PASSED_THROUGH, columns, names, redirected, references_in, text

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """Another reading of the views: as if `query` stood in the place of the view `replaced`, which it may read."""

    name: str
    replaced: str
    query: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ViewRequest:
    """A view that is wanted, in a variant or as it is, and the columns that are read of it; None for all."""

    view: str
    variant: Override | None = None
    columns: frozenset[str] | None = None

    @property
    def name(self) -> str:
        """Return the name of the part of a snapshot that it is read from."""
        return _Node.of(self.view, self.variant).name


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedView:
    """A view as it is made in a snapshot: kept as a table of the columns that are read, or computed by its reader."""

    name: str
    view: str
    query: str
    reads: Mapping[str, str]
    columns: tuple[str, ...]
    is_kept: bool

    def sql(self, *, dataset: str, places: Mapping[str, str]) -> str:
        """Return the query in BigQuery's SQL; `places` says where each part that it reads is found, by its name."""
        found = {view: places[name] for view, name in self.reads.items()}
        return redirected(self.query, dataset=dataset, places=found)


def parts(wanted: Iterable[ViewRequest]) -> list[PlannedView]:
    """Return the parts that wanted views are read from, each after those that it reads.

    Of views as cheap to read as a table (PASSED_THROUGH) none is made: they are read where they are.
    """
    asked: dict[_Node, list[ViewRequest]] = {}
    for each in wanted:
        if each.view not in PASSED_THROUGH:
            asked.setdefault(_Node.of(each.view, each.variant), []).append(each)
    needed = sorted(_with_what_they_read(asked), key=lambda node: node.order)
    reads = {node: list(node.reads()) for node in needed}
    times_read = Counter([*asked, *(read for found in reads.values() for _, read in found)])
    readers = {node: [reader for reader in needed if node in dict(reads[reader]).values()] for node in needed}
    return [
        PlannedView(
            name=node.name,
            view=node.view,
            query=node.query,
            reads={view: read.name for view, read in reads[node]},
            columns=_columns_read(node, readers[node], asked.get(node, [])),
            is_kept=times_read[node] > 1,
        )
        for node in needed
    ]


@dataclass(frozen=True, slots=True)
class _Node:
    """A view in a variant, or as it is where it reads nothing that the variant replaces."""

    view: str
    variant: Override | None = field(default=None)

    @classmethod
    def of(cls, view: str, variant: Override | None) -> "_Node":
        return cls(view, variant if variant and _depends(view, variant.replaced) else None)

    @property
    def name(self) -> str:
        return f"{self.view}__{self.variant.name}" if self.variant else self.view

    @property
    def order(self) -> tuple[int, str]:
        return names().index(self.view), self.name

    @property
    def query(self) -> str:
        return self.variant.query if self.variant and self._is_replaced else text(self.view)

    def reads(self) -> Iterator[tuple[str, "_Node"]]:
        """Yield the views that it reads, by name and as nodes, as often as it does."""
        inner = None if self._is_replaced else self.variant
        for view in references_in(self.query):
            if view in names() and view not in PASSED_THROUGH:
                yield view, _Node.of(view, inner)

    @property
    def _is_replaced(self) -> bool:
        return self.variant is not None and self.variant.replaced == self.view


def _depends(view: str, on: str) -> bool:
    return view == on or any(_depends(each, on) for each in set(references_in(text(view))) & set(names()))


def _with_what_they_read(nodes: Iterable[_Node]) -> set[_Node]:
    found: set[_Node] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += [read for _, read in node.reads()]
    return found


def _columns_read(node: _Node, readers: Collection[_Node], asked: Iterable[ViewRequest]) -> tuple[str, ...]:
    """Return the columns that a reader names, or passes on under their names with a star."""
    every = tuple(column.name for column in columns(node.view))
    words = {name for each in asked for name in (every if each.columns is None else each.columns)}
    for reader in readers:
        words |= {*_WORD.findall(reader.query), *(column.name for column in columns(reader.view))}
    return tuple(name for name in every if name in words)
