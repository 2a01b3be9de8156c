"""Writes a table or view of DuckDB to files, and reads back what was written."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from sendtrail.errors import Unavailable
from sendtrail.local.export.exported import Exported, Form, files_in
from sendtrail.warehouse.relations import Relation

_OPTIONS = {Form.PARQUET: "FORMAT parquet, COMPRESSION zstd", Form.CSV: "FORMAT csv, HEADER true"}
_READERS = {Form.PARQUET: "read_parquet", Form.CSV: "read_csv"}
_NESTED = ("STRUCT", "MAP")


def write_relation(
    connection: duckdb.DuckDBPyConnection, folder: Path, *, schema: str, relation: Relation, form: Form
) -> Exported:
    """Write a relation of a schema to files in a folder; raise Unavailable where rows are missing in them."""
    source = f'"{schema}"."{relation.name}"'
    selected = f"{_columns(connection, source, form)} FROM {source}"
    options = _OPTIONS[form]
    is_split = relation.day is not None and connection.execute(f"SELECT 1 FROM {source} LIMIT 1").fetchone() is not None
    if is_split:
        selected = f"organization_id AS organization, strftime({relation.day}, '%Y-%m') AS month, {selected}"
        options += ", PARTITION_BY (organization, month)"
    target = _quoted(folder / (relation.name if is_split else f"{relation.name}.{form}"))
    [(rows,)] = connection.execute(f"COPY (SELECT {selected}) TO {target} ({options})").fetchall()
    files = list(files_in(folder, relation, form))
    _check(connection, folder, files=[each.path for each in files], form=form, expected=int(rows))
    return Exported(relation=relation, rows=int(rows), files=files)


def _columns(connection: duckdb.DuckDBPyConnection, source: str, form: Form) -> str:
    """Return what to select: in CSV, lists and records are JSON, which other programs can read."""
    described = connection.execute(f"DESCRIBE {source}").fetchall()
    nested = [name for name, kind, *_ in described if kind.endswith("[]") or kind.startswith(_NESTED)]
    if form is not Form.CSV or not nested:
        return "*"
    as_json = ", ".join(f'to_json("{name}") AS "{name}"' for name in nested)
    return f"* REPLACE ({as_json})"


def _check(
    connection: duckdb.DuckDBPyConnection, folder: Path, *, files: Sequence[str], form: Form, expected: int
) -> None:
    """Read what was written: raise Unavailable where rows are missing."""
    named = ", ".join(_quoted(folder / each) for each in files)
    strict = ", all_varchar = true, header = true" if form is Form.CSV else ""
    [(found,)] = connection.execute(
        f"SELECT count(*) FROM {_READERS[form]}([{named}], hive_partitioning = false{strict})"
    ).fetchall()
    if found != expected:
        raise Unavailable(f"{found:,} of {expected:,} rows are in the files that were written: try again")


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
