"""What `sql/` defines: the tables, in BigQuery's own format, and the statements that write to them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

_PACKAGE = Path(__file__).resolve().parents[1]
# In the wheel and in a deployment zip the SQL is inside the package; in a checkout it is beside it.
FOLDER = next(sql for sql in (_PACKAGE / "sql", _PACKAGE.parent / "sql") if sql.is_dir())
# Which contacts a full pass saw: a table of the staging dataset that must not expire.
CONTACTS_SEEN = "contacts_seen"

_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,1023}$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column: its BigQuery type and mode, and the columns of a RECORD."""

    name: str
    type: str
    mode: str
    description: str
    fields: tuple["Column", ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class TableDefinition:
    """A table; `resource` is BigQuery's Table resource as stored in `sql/`, without a project, dataset and name.

    `schema_version` rises with a change after which earlier versions cannot write to it: not with a new column.
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    resource: Mapping[str, Any]
    schema_version: int = 1


@cache
def definition(table: str) -> TableDefinition:
    """Return the definition of a table of `sql/`."""
    resource = json.loads((FOLDER / table / "table.json").read_text(encoding="utf-8"))
    return TableDefinition(
        name=str(table),
        description=resource["description"],
        columns=tuple(_column(field) for field in resource["schema"]["fields"]),
        resource=resource,
        schema_version=schema_version(resource.get("labels", {})),
    )


def schema_version(labels: Mapping[str, str]) -> int:
    """Return the schema version that the labels of a table name, 1 where they name none."""
    version = labels.get("schema_version", "")
    return int(version) if version.isdecimal() else 1


def sql(statement: str, **names: str) -> str:
    """Return a statement of `sql/` ("contacts/merge") with its placeholders filled; raise KeyError if one is missing.

    Only names of datasets and tables are placeholders; a name that could be anything else raises ValueError.
    """
    return _template(statement).substitute({placeholder: checked_name(name) for placeholder, name in names.items()})


def checked_name(name: str) -> str:
    """Return the name of a dataset or table; raise ValueError with a sentence that says what it may be."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot name a dataset or table: use letters, digits and _, no digit first")
    return name


@cache
def _template(statement: str) -> Template:
    return Template((FOLDER / f"{statement}.sql").read_text(encoding="utf-8"))


def _column(field: Mapping[str, Any]) -> Column:
    return Column(
        name=field["name"],
        type=field["type"],
        mode=field["mode"],
        description=field["description"],
        fields=tuple(_column(inner) for inner in field.get("fields", ())),
    )
