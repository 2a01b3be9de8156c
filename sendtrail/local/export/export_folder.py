"""Puts a folder in place in one step, on disk and whole, and never over another one."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sendtrail.errors import Unavailable
from sendtrail.local.copies.new_file import ensure_free
from sendtrail.local.private_files import private_files


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Yield a folder to write files into, for their owner alone; after the block it is at `folder`, or nothing is.

    Raise SettingsError where something has this name already, Unavailable where the folder cannot be written.
    """
    ensure_free(folder)
    partial = folder.absolute().with_name(f".{folder.name}.partial")
    try:
        with private_files():
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            yield partial
        for each in partial.rglob("*"):
            _to_disk(each)
        ensure_free(folder)
        partial.rename(folder)
    except OSError as error:
        raise Unavailable(f"{folder} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _to_disk(path: Path) -> None:
    with suppress(OSError):  # a file system may know no such thing for a folder
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
