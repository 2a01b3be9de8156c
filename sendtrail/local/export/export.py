"""Writes tables and views to files; a folder of this name appears when all of it is there."""

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import orjson

from sendtrail.errors import SettingsError
from sendtrail.local.copies.reading import open_to_read
from sendtrail.local.duckdb_file import READ_MEMORY_LIMIT, open_file, translated_errors
from sendtrail.local.duckdb_sql import duckdb_type, rows_of_arrays
from sendtrail.local.export.export_folder import new_folder
from sendtrail.local.export.exported import MANIFEST, Exported, Form
from sendtrail.local.export.relation_files import write_relation
from sendtrail.warehouse.relations import Relation

# Returns the text of the manifest.
MakeManifest = Callable[[Sequence[Exported]], str]
Row = Mapping[str, Any]
# Returns the rows of a relation, in batches that fit into memory; a column that a row lacks is NULL.
ReadRows = Callable[[Relation], Iterable[Sequence[Row]]]

_MISSING = "{name} is not in {path}: run sendtrail sync once, which creates what is missing, or leave it out (--only)"
# What another warehouse sends waits here until all of a relation is there: its files are split by account and month.
_WAITING, _SCHEMA = ".waiting", "main"


def export_to(
    folder: Path, *, database: Path, dataset: str, relations: Sequence[Relation], form: Form, manifest: MakeManifest
) -> Sequence[Exported]:
    """Write relations of a database to a new folder and return what is in it; nothing is there after an error.

    Raise SettingsError where the folder is there already, or a relation is not in the database.
    """
    with new_folder(folder) as partial:
        with open_to_read(database, folder=partial) as connection, translated_errors(database):
            connection.execute("SET preserve_insertion_order = false")
            found = _found(connection, dataset)
            for each in relations:
                if each.name not in found:
                    raise SettingsError([_MISSING.format(name=f"{dataset}.{each.name}", path=database)])
            exported = [
                write_relation(connection, partial, schema=dataset, relation=each, form=form) for each in relations
            ]
        (partial / MANIFEST).write_text(manifest(exported), encoding="utf-8")
    return exported


def export_rows(
    folder: Path, *, relations: Sequence[Relation], read: ReadRows, form: Form, manifest: MakeManifest
) -> Sequence[Exported]:
    """Write relations that are read from elsewhere to a new folder, the same files as those of a database with them.

    Raise SettingsError where the folder is there already; nothing is there after an error.
    """
    with new_folder(folder) as partial:
        waiting = partial / _WAITING
        waiting.mkdir()
        connection = open_file(waiting / "rows.duckdb", memory_limit=READ_MEMORY_LIMIT, threads=2, folder=partial)
        try:
            with translated_errors(folder):
                connection.execute("SET preserve_insertion_order = false")
                exported = [_write_rows(connection, partial, relation=each, read=read, form=form) for each in relations]
        finally:
            connection.close()
        shutil.rmtree(waiting)
        (partial / MANIFEST).write_text(manifest(exported), encoding="utf-8")
    return exported


def _write_rows(
    connection: duckdb.DuckDBPyConnection, folder: Path, *, relation: Relation, read: ReadRows, form: Form
) -> Exported:
    name = f'"{_SCHEMA}"."{relation.name}"'
    columns = ", ".join(f'"{column.name}" {duckdb_type(column)}' for column in relation.columns)
    connection.execute(f"CREATE TABLE {name} ({columns})")
    insert = f"INSERT INTO {name} {rows_of_arrays(relation.columns)}"
    empty = dict.fromkeys(column.name for column in relation.columns)
    for rows in read(relation):
        complete = [{**empty, **row} for row in rows]
        connection.execute(insert, {"arrays": [orjson.dumps(complete, default=str).decode()]})
    exported = write_relation(connection, folder, schema=_SCHEMA, relation=relation, form=form)
    connection.execute(f"DROP TABLE {name}")
    return exported


def _found(connection: duckdb.DuckDBPyConnection, dataset: str) -> set[str]:
    rows = connection.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = $dataset", {"dataset": dataset}
    ).fetchall()
    return {name for (name,) in rows}
