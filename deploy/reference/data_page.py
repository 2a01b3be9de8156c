"""docs/reference/data.md: every table and view with its columns, and how the tables belong together."""

from collections.abc import Iterator

from deploy.reference.pages import code, table
from sendtrail.warehouse import views
from sendtrail.warehouse.relations import Relation, relations
from sendtrail.warehouse.tables import Column

_HEAD = """\
# Data dictionary

Every table and view of the dataset, as `sql/` defines it for BigQuery and DuckDB alike. `sendtrail tables` prints the
same. [Views](../views.md) explains what they answer, with examples.
"""
# One side has a row per ..., the other many: from, to, the columns by which they are joined.
JOINS = (
    ("campaigns", "email_activities", ("organization_id", "campaign_id")),
    ("contacts", "email_activities", ("organization_id", "contact_id")),
    ("contacts", "conversions", ("organization_id", "email")),
    ("users", "conversions", ("user_id",)),
    ("campaigns", "unreadable_rows", ("organization_id", "campaign_id")),
    ("runs", "email_activities", ("organization_id", "run_id")),
)
# By how much a diagram is simpler than its table.
_KEYS_SHOWN = 6


def data_page() -> Iterator[str]:
    """Yield the lines of the page."""
    known = list(relations())
    tables, derived = [each for each in known if not each.is_view], [each for each in known if each.is_view]
    yield _HEAD
    yield from ("## How the tables belong together", "", *_diagram(tables), "")
    yield from ("## Tables", "", *table(("table", "one row is"), map(_line, tables)))
    for each in tables:
        yield from _section(each)
    yield from ("## Views", "", *table(("view", "one row is"), map(_line, derived)))
    for each in derived:
        yield from _section(each)


def _line(relation: Relation) -> tuple[str, str]:
    return f"[{code(relation.name)}](#{relation.name})", relation.description


def _section(relation: Relation) -> Iterator[str]:
    yield from (f"### {relation.name}", "", relation.description, "")
    if relation.is_view:
        sources = ", ".join(f"[{code(name)}](#{name})" for name in views.references(relation.name))
        yield from (f"It reads {sources}." if sources else "It reads no table.", "")
    yield from table(
        ("column", "type", "what it is"),
        ((code(each.name), _type(each), each.description) for each in relation.columns),
    )


def _type(column: Column) -> str:
    inner = f" ({', '.join(each.name for each in column.fields)})" if column.fields else ""
    ending = {"REQUIRED": ", never empty", "REPEATED": ", a list"}.get(column.mode, "")
    return f"{column.type.lower()}{inner}{ending}"


def _diagram(tables: list[Relation]) -> Iterator[str]:
    yield "```mermaid"
    yield "erDiagram"
    joined = {name for one, many, _ in JOINS for name in (one, many)}
    for one, many, columns in JOINS:
        yield f'    {one} ||--o{{ {many} : "{", ".join(columns)}"'
    for each in tables:
        if each.name in joined:
            yield f"    {each.name} {{"
            for column in each.columns[:_KEYS_SHOWN]:
                yield f"        {column.type.lower()} {column.name}"
            yield "    }"
    yield "```"
