"""The views of `sql/`, in the order in which they can be created: each after those that it reads."""

import json
import re
from collections.abc import Collection, Mapping
from functools import cache
from graphlib import TopologicalSorter

from sendtrail.warehouse.tables import FOLDER, Column, checked_name, sql

# Tables that customers fill, or replace by a view with the same columns: a sync only reads them.
CUSTOMER_TABLES = ("users",)
# A view that customers may replace by one with the same columns.
SETTINGS = "view_settings"
# As cheap to read as what they read: materializing them is never worth it.
READ_IN_PLACE = ("conversions_in_use", "users_in_use", "observations", "machine_rules", SETTINGS)
# Beside stored views, they are read of now: they compare what is stored with counters of now.
ALWAYS_CURRENT = ("completeness",)
# The table beside stored views that says for which moment they hold, and how the tables of their rows are named.
REFRESHES, STORED_PREFIX = "refreshes", "stored_"

_REFERENCE = re.compile(r"`\$\{dataset\}`\.`(\w+)`")
# With the alias that the query gives it, if any.
_NAMED_REFERENCE = re.compile(rf"{_REFERENCE.pattern}(\s+AS\b)?")
_PROJECT = re.compile(r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$")
_HEADER = "-- "


@cache
def names() -> tuple[str, ...]:
    """Return the names of all views, each after those that it reads."""
    views = sorted(path.parent.name for path in FOLDER.glob("*/view.sql"))
    graph = {view: [name for name in references(view) if name in views] for view in views}
    return tuple(TopologicalSorter(graph).static_order())


def stored_among(tables: Collection[str]) -> frozenset[str]:
    """Return the views that a dataset with these tables has stored, or does not compute itself, if it stores any."""
    prefixed = {table.removeprefix(STORED_PREFIX) for table in tables if table.startswith(STORED_PREFIX)}
    stored = {*names()} & prefixed - {*READ_IN_PLACE}
    # Each name alone may be that of a customer's own table.
    return frozenset(stored | {*ALWAYS_CURRENT}) if stored and REFRESHES in tables else frozenset()


@cache
def references(view: str) -> tuple[str, ...]:
    """Return the names of the tables and views that a view reads."""
    return tuple(sorted(set(references_in(text(view)))))


def references_in(query: str) -> list[str]:
    """Return the names of the tables and views that a query of `sql/` reads, as often as it reads each."""
    return _REFERENCE.findall(query)


def with_sources(query: str, *, dataset: str, sources: Mapping[str, str]) -> str:
    """Return a query of `sql/` that reads the tables and views named in `sources` from there, others from the dataset.

    A source is the name of a table, or a query in brackets.
    """
    checked_name(dataset)

    def source(found: re.Match[str]) -> str:
        name, alias = found[1], found[2] or f" AS `{found[1]}`"
        return f"{sources.get(name, f'`{dataset}`.`{name}`')}{alias}"

    return _NAMED_REFERENCE.sub(source, query)


def view_sql(view: str, *, dataset: str, project: str = "") -> str:
    """Return the query of a view in BigQuery's SQL.

    With `project` its references name the project too: BigQuery needs that where people of other projects query it.
    """
    query = sql(f"{view}/view", dataset=dataset)
    if not project:
        return query
    if not _PROJECT.fullmatch(project):
        raise ValueError(f"{project!r} is not a project id")
    return query.replace(f"`{checked_name(dataset)}`.", f"`{project}`.`{dataset}`.")


@cache
def description(view: str) -> str:
    """Return the sentence that says what one row of a view is: the first line of its file."""
    return text(view).partition("\n")[0].removeprefix(_HEADER)


@cache
def columns(view: str) -> tuple[Column, ...]:
    """Return the columns of a view, in their order, as listed in `columns.json`."""
    fields = json.loads((FOLDER / view / "columns.json").read_text(encoding="utf-8"))
    return tuple(Column(**field) for field in fields)


@cache
def text(view: str) -> str:
    """Return the query of a view as stored in `sql/`, with a placeholder for the dataset."""
    return (FOLDER / view / "view.sql").read_text(encoding="utf-8")
