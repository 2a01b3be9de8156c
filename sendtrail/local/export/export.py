"""Writes tables and views of a database to files; a folder of this name appears when all of it is there."""

import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import duckdb

from sendtrail.errors import SettingsError, Unavailable
from sendtrail.local.copies.new_file import ensure_free
from sendtrail.local.copies.reading import open_to_read
from sendtrail.local.duckdb_file import translated_errors
from sendtrail.local.export.exported import MANIFEST, Exported, Form, Relation, files_in
from sendtrail.local.private_files import private_files

# Returns the text of the manifest.
MakeManifest = Callable[[Sequence[Exported]], str]
_OPTIONS = {Form.PARQUET: "FORMAT parquet, COMPRESSION zstd", Form.CSV: "FORMAT csv, HEADER true"}
_READERS = {Form.PARQUET: "read_parquet", Form.CSV: "read_csv"}
_NESTED = ("STRUCT", "MAP")
_MISSING = "{name} is not in {path}: run sendtrail sync once, which creates what is missing, or leave it out (--only)"


def export_to(
    folder: Path, *, database: Path, dataset: str, relations: Sequence[Relation], form: Form, manifest: MakeManifest
) -> Sequence[Exported]:
    """Write relations to a new folder and return what is in it; nothing is there after an error.

    Raise SettingsError where the folder is there already, or a relation is not in the database.
    """
    ensure_free(folder)
    partial = folder.absolute().with_name(f".{folder.name}.partial")
    try:
        with private_files():
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            exported = _write(partial, database=database, dataset=dataset, relations=relations, form=form)
            (partial / MANIFEST).write_text(manifest(exported), encoding="utf-8")
        for each in partial.rglob("*"):
            _to_disk(each)
        ensure_free(folder)
        partial.rename(folder)
    except OSError as error:
        raise Unavailable(f"{folder} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return exported


def _write(
    folder: Path, *, database: Path, dataset: str, relations: Sequence[Relation], form: Form
) -> Sequence[Exported]:
    with open_to_read(database, folder=folder) as connection, translated_errors(database):
        connection.execute("SET preserve_insertion_order = false")
        found = _found(connection, dataset)
        for each in relations:
            if each.name not in found:
                raise SettingsError([_MISSING.format(name=f"{dataset}.{each.name}", path=database)])
        return [_write_one(connection, folder, dataset, relation=each, form=form) for each in relations]


def _write_one(
    connection: duckdb.DuckDBPyConnection, folder: Path, dataset: str, *, relation: Relation, form: Form
) -> Exported:
    source = f'"{dataset}"."{relation.name}"'
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


def _found(connection: duckdb.DuckDBPyConnection, dataset: str) -> set[str]:
    rows = connection.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = $dataset", {"dataset": dataset}
    ).fetchall()
    return {name for (name,) in rows}


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _to_disk(path: Path) -> None:
    with suppress(OSError):  # a file system may know no such thing for a folder
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
