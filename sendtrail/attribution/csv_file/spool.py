"""Rows on their way from a file to the warehouse: on disk, so that a million of them take no more memory than a few.

Each row goes to one of many temporary files by its key: rows with the same key are in the same one, which fits into
memory.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from zlib import crc32

import orjson

from sendtrail.errors import Unavailable

FILES = 64


@dataclass(frozen=True, slots=True)
class Spooled:
    """A row: the line that it is from, what identifies it, and its values as JSON."""

    line: int
    key: str
    values: bytes


class Spool:
    """Rows in temporary files that only their owner can read, and that vanish with the process."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._files = [self._stack.enter_context(tempfile.TemporaryFile()) for _ in range(FILES)]  # noqa: SIM115

    def __enter__(self) -> Self:
        """Return the spool itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Delete the files."""
        self._stack.close()

    def add(self, key: str, values: Sequence[Any], *, line: int) -> None:
        """Add a row; raise Unavailable if the disk is full."""
        record = orjson.dumps([line, key, orjson.dumps(values).decode()])
        with _on_disk():
            self._files[crc32(key.encode()) % FILES].write(record + b"\n")

    def rows(self) -> Iterator[list[Any]]:
        """Yield the values of each row once; rows with one key that differ are left out."""
        for group in self._groups():
            if not _differ(group):
                yield orjson.loads(group[0].values)

    def repeated(self) -> Iterator[tuple[Spooled, bool]]:
        """Yield the rows whose key another one has: with False those that repeat one, with True all that differ."""
        for group in self._groups():
            differ = _differ(group)
            for row in group if differ else group[1:]:
                yield row, differ

    def _groups(self) -> Iterator[list[Spooled]]:
        """Yield the rows with one key, in the order of the file, key by key."""
        for file in self._files:
            with _on_disk():
                file.seek(0)  # writes what is left of it
            groups: dict[str, list[Spooled]] = {}
            for record in file:
                line, key, values = orjson.loads(record)
                groups.setdefault(key, []).append(Spooled(line, key, values.encode()))
            yield from groups.values()


@contextmanager
def _on_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        folder = tempfile.gettempdir()
        raise Unavailable(f"{folder} cannot be written ({error.strerror}): free some space there") from error


def _differ(group: Sequence[Spooled]) -> bool:
    return any(row.values != group[0].values for row in group)
