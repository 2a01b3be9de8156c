"""Keeps the database and the state, which contain personal data, readable by their owner alone; not on Windows."""

import logging
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

logger = logging.getLogger(__name__)

OWNER_ONLY = stat.S_IRUSR | stat.S_IWUSR
NOT_OWNER = stat.S_IRWXG | stat.S_IRWXO
HAS_MODES = os.name == "posix"


class _OwnerOnlyUmask:
    """The umask of the process, which all threads share: changed by the first block, restored by the last one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blocks = 0
        self._before = 0

    def enter(self) -> None:
        with self._lock:
            if not self._blocks:
                self._before = os.umask(NOT_OWNER)
            self._blocks += 1

    def leave(self) -> None:
        with self._lock:
            self._blocks -= 1
            if not self._blocks:
                os.umask(self._before)


_UMASK = _OwnerOnlyUmask()


@contextmanager
def private_files() -> Iterator[None]:
    """Create the files and folders of this block for their owner alone, whatever the umask is.

    DuckDB may create its write-ahead log and its folder of temporary data at any time, without an option for it.
    """
    if not HAS_MODES:
        yield
        return
    _UMASK.enter()
    try:
        yield
    finally:
        _UMASK.leave()


def make_private(path: Path, *logs: str) -> None:
    """Make a file that every user of the machine can read private, and its logs, whose names end like this.

    The mode of a file that is shared with a group only is left as it is: somebody has chosen it.
    """
    if HAS_MODES and _take_from_others(path):
        logger.warning(
            "every user of this machine could read %s, and now only its owner can: share it with a group (chmod 640)",
            path,
        )
    for ending in logs if HAS_MODES else ():
        _take_from_others(path.with_name(path.name + ending))


def _take_from_others(path: Path) -> bool:
    with suppress(OSError):  # a file that is not there, or is another user's
        if path.stat().st_mode & stat.S_IRWXO:
            path.chmod(OWNER_ONLY)
            return not path.stat().st_mode & stat.S_IRWXO  # some file systems know no modes
    return False
