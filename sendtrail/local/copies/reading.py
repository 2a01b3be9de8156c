"""Opens a database to read it, also while a sync writes to it."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb

from sendtrail.errors import Busy
from sendtrail.local.copies.live_copy import copy_to_read
from sendtrail.local.duckdb_file import READ_MEMORY_LIMIT, open_file

logger = logging.getLogger(__name__)

Connection = duckdb.DuckDBPyConnection

_COPIED = "%s is being written to: what follows is read from a copy of this moment"


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedFile:
    """A file that is open for reading; `is_copy`: another program is at work in the file itself."""

    connection: Connection
    is_copy: bool


@contextmanager
def open_to_read(path: Path, *, threads: int = 2, folder: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a file for reading; while another program writes to it, a copy that is gone after the block.

    `folder` is the only one that statements may write files to.
    """
    with open_or_copy(path, threads=threads, folder=folder) as opened:
        yield opened.connection


@contextmanager
def open_or_copy(path: Path, *, threads: int = 2, folder: Path | None = None) -> Iterator[OpenedFile]:
    """Open a file for reading, or a copy of it, as `open_to_read` does, and say which."""
    open_it = partial(open_file, memory_limit=READ_MEMORY_LIMIT, threads=threads, is_read_only=True, folder=folder)
    with ExitStack() as stack:
        try:
            opened = OpenedFile(connection=open_it(path), is_copy=False)
        except Busy:
            logger.warning(_COPIED, path)
            opened = OpenedFile(connection=open_it(stack.enter_context(copy_to_read(path))), is_copy=True)
        stack.callback(opened.connection.close)
        yield opened
