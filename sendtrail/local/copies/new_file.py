"""Puts a file in place in one step, on disk and whole, and never over another one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sendtrail.errors import SettingsError, Unavailable
from sendtrail.local.write_ahead_log import log_of

_EXISTS = "{path} is there already, and is not overwritten: choose another name"


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Yield where to write a file; after the block it is at `path`, or nothing is."""
    ensure_free(path)
    partial = path.with_name(f".{path.name}.partial")
    try:
        _remove(partial)
        yield partial
        sync_to_disk(partial)
        place(partial, path)
    except OSError as error:
        raise Unavailable(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        _remove(partial)


def ensure_free(path: Path) -> None:
    """Raise SettingsError where something has this name, or there is no folder to put it into."""
    if path.exists() or path.is_symlink():
        raise SettingsError([_EXISTS.format(path=path)])
    if not path.absolute().parent.is_dir():
        raise SettingsError([f"{path.absolute().parent} is not a folder: create it, or choose another place"])


def sync_to_disk(path: Path) -> None:
    """Return once a file is on the disk, whatever becomes of the machine."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def place(partial: Path, path: Path) -> None:
    """Give a file its name; raise SettingsError where another one has it by now."""
    try:
        os.link(partial, path)
    except FileExistsError:
        raise SettingsError([_EXISTS.format(path=path)]) from None
    except OSError:  # a file system without links
        ensure_free(path)
        partial.rename(path)


def _remove(partial: Path) -> None:
    for each in (partial, log_of(partial)):
        with suppress(FileNotFoundError):
            each.unlink()
