"""What an export holds: its form, its files, and the manifest that makes it whole."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sendtrail.warehouse.relations import Relation

MANIFEST = "manifest.json"
# Raised when a program that reads manifests of before could not read a new one.
MANIFEST_VERSION = 1
_CHUNK = 1 << 20


class Form(StrEnum):
    """How rows are written; the value is also how the files end."""

    PARQUET = "parquet"
    CSV = "csv"


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportedFile:
    """A file of an export, by its path in it."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Exported:
    """A relation with its rows in files."""

    relation: Relation
    rows: int
    files: Sequence[ExportedFile]


def files_in(folder: Path, relation: Relation, form: Form) -> Iterator[ExportedFile]:
    """Yield the files that hold a relation: one beside the others', or a folder of them."""
    for path in sorted([*folder.glob(f"{relation.name}.{form}"), *folder.glob(f"{relation.name}/**/*.{form}")]):
        with path.open("rb") as file:
            digest = hashlib.sha256()
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        yield ExportedFile(
            path=path.relative_to(folder).as_posix(), bytes=path.stat().st_size, sha256=digest.hexdigest()
        )
