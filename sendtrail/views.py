"""The views of `sql/`, in the order in which they can be made: each after those that it reads."""

import json
import re
from functools import cache
from graphlib import TopologicalSorter

from sendtrail.tables import FOLDER, Column, checked_name, sql

# Tables that are the customer's to fill, or to replace by a view of the same columns: Sendtrail only reads them.
CUSTOMER_TABLES = ("users",)
# A view that the customer may replace by one of the same columns.
SETTINGS = "view_settings"

_REFERENCE = re.compile(r"`\$\{dataset\}`\.`(\w+)`")
_PROJECT = re.compile(r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$")
_HEADER = "-- "


@cache
def names() -> tuple[str, ...]:
    """Return the names of all views, each after those that it reads."""
    views = sorted(path.parent.name for path in FOLDER.glob("*/view.sql"))
    graph = {view: [name for name in references(view) if name in views] for view in views}
    return tuple(TopologicalSorter(graph).static_order())


@cache
def references(view: str) -> tuple[str, ...]:
    """Return the names of the tables and views that a view reads."""
    return tuple(sorted(set(_REFERENCE.findall(_text(view)))))


def view_sql(view: str, *, dataset: str, project: str = "") -> str:
    """Return the query of a view in BigQuery's SQL.

    With `project` its references name the project too: BigQuery asks for that where people of other projects query.
    """
    query = sql(f"{view}/view", dataset=dataset)
    if not project:
        return query
    if not _PROJECT.fullmatch(project):
        raise ValueError(f"{project!r} is no project id")
    return query.replace(f"`{checked_name(dataset)}`.", f"`{project}`.`{dataset}`.")


@cache
def description(view: str) -> str:
    """Return what one row of a view is, in a sentence: the first line of its file."""
    return _text(view).partition("\n")[0].removeprefix(_HEADER)


@cache
def columns(view: str) -> tuple[Column, ...]:
    """Return the columns of a view, in their order, as `columns.json` tells them."""
    fields = json.loads((FOLDER / view / "columns.json").read_text(encoding="utf-8"))
    return tuple(Column(**field) for field in fields)


@cache
def _text(view: str) -> str:
    return (FOLDER / view / "view.sql").read_text(encoding="utf-8")
