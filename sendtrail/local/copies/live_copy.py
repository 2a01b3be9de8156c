"""Copies a database file that another program may be writing to, so that the copy is one moment of it.

DuckDB writes changes to the log, and a checkpoint moves them to blocks of the file that nothing refers to, before it
changes one of the file's headers. So a file and its log that were copied between two looks at the same headers belong
together. https://duckdb.org/docs/stable/internals/storage
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import duckdb

from sendtrail.clock import SystemClock
from sendtrail.errors import Busy, SettingsError
from sendtrail.local.duckdb_file import HEADER_SIZE, open_file
from sendtrail.local.private_files import private_files
from sendtrail.local.write_ahead_log import log_of

PREFIX = ".sendtrail-reading-"
ATTEMPTS = 10
# A folder of a reader that was killed is deleted by the next one after so long: no reader lasts longer.
LEFT_AFTER_S = 24 * 3600.0
_TOO_BUSY = "{path} is written to so often that no copy of it is of one moment: try again when the sync is over"


def copy_moment(path: Path, target: Path) -> None:
    """Copy a file and its log to `target` as they are at one moment; raise Busy where they change too fast."""
    for _ in range(ATTEMPTS):
        before = _headers(path)
        _discard(target)
        with private_files():
            shutil.copyfile(path, target)
            with suppress(FileNotFoundError):  # no log, or it was moved to the file meanwhile
                shutil.copyfile(log_of(path), log_of(target))
        if _headers(path) == before and _is_whole(target):
            return
    _discard(target)
    raise Busy(_TOO_BUSY.format(path=path))


@contextmanager
def copy_to_read(path: Path) -> Iterator[Path]:
    """Yield a copy of a file that another program has open, which is deleted after the block."""
    folder = _folder_for(path)
    _delete_left(folder)
    with private_files():
        temporary = TemporaryDirectory(prefix=PREFIX, dir=folder, ignore_cleanup_errors=True)
    with temporary as name:
        copy = Path(name) / path.name
        copy_moment(path, copy)
        yield copy


def _headers(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEADER_SIZE)


def _is_whole(copy: Path) -> bool:
    """Return whether a copy can be opened, with the log that was copied."""
    try:
        open_file(copy, memory_limit="1GB", threads=1, is_read_only=True).close()
    except (SettingsError, duckdb.Error):
        return False
    return True


def _discard(target: Path) -> None:
    for each in (target, log_of(target)):
        each.unlink(missing_ok=True)


def _folder_for(path: Path) -> Path:
    """Return the folder beside the file, where there is room for another, or that of temporary files."""
    try:
        with TemporaryDirectory(prefix=PREFIX, dir=path.absolute().parent):
            return path.absolute().parent
    except OSError:
        return Path(gettempdir())


def _delete_left(folder: Path) -> None:
    for each in folder.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if SystemClock().now().timestamp() - each.stat().st_mtime > LEFT_AFTER_S:
                shutil.rmtree(each)
