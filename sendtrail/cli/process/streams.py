"""The standard streams of a command: what a terminal cannot show must not end it, and files are always UTF-8.

A reader that goes away (`sendtrail sync | head -1`) does not end a command either: it goes on to its end, its exit code
says how it went, and the rest is printed to nobody. What only prints, and may print without end, stops there. Nor does
a full disk end a command, but what could not be written is missing, and said to be.
"""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedWriter, FileIO, TextIOWrapper

from sendtrail.cli.process.exit_codes import UNREAD

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class OutputFile(FileIO):
    """Writes to a standard stream, and to nobody once its reader is gone; `ends_unread`: the command then ends.

    `unwritten` is why something could not be written, "" where all was.
    """

    ends_unread = False
    unwritten = ""

    def write(self, data: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]
        """Write what there is room for and return how much that was; all of it where nobody reads any more."""
        try:
            return super().write(data) or 0
        except BrokenPipeError:
            _give_to_nobody(self.fileno())
            if self.ends_unread:
                raise SystemExit(UNREAD) from None
            return len(data)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            self.unwritten = error.strerror or str(error)
            _give_to_nobody(self.fileno())
            return len(data)


def make_streams_tolerant() -> None:
    """Print a question mark for what the encoding of a terminal, such as cp1252, does not have; outlive the reader."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
            setattr(sys, name, outliving_its_reader(stream))


def outliving_its_reader(stream: TextIOWrapper) -> TextIOWrapper:
    """Return a stream that writes to the same file; the same stream where that is none that can lose its reader.

    A stream that the program around the command has put in the place of its own is left as it is.
    """
    if type(stream) is not TextIOWrapper or not isinstance(_file(stream), FileIO):  # or the console of Windows
        return stream
    stream.flush()
    file = OutputFile(stream.fileno(), "w", closefd=False)
    is_buffered = isinstance(stream.buffer, BufferedWriter)
    return TextIOWrapper(
        BufferedWriter(file) if is_buffered else file,  # type: ignore[type-var]
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


@contextmanager
def ending_when_unread() -> Iterator[None]:
    """End the command quietly, with exit code 141, where nobody reads what this block prints: it does nothing else."""
    file = _file(sys.stdout) if isinstance(sys.stdout, TextIOWrapper) else None
    if not isinstance(file, OutputFile):
        yield
        return
    file.ends_unread = True
    try:
        yield
        sys.stdout.flush()
    finally:
        file.ends_unread = False


def unwritten() -> str:
    """Return why something that was printed could not be written, "" where all was."""
    if not isinstance(sys.stdout, TextIOWrapper):
        return ""
    sys.stdout.flush()
    file = _file(sys.stdout)
    return file.unwritten if isinstance(file, OutputFile) else ""


def write_data_as_utf8() -> None:
    """Have rows for other programs written in UTF-8, whatever the encoding is: no letter of a name is lost."""
    if isinstance(sys.stdout, TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8", errors="strict")


def _file(stream: TextIOWrapper) -> object:
    """Return what is below a stream's buffer, or below the stream itself where it has none (PYTHONUNBUFFERED)."""
    return getattr(stream.buffer, "raw", stream.buffer)


def _give_to_nobody(number: int) -> None:
    """Have what is written to a file go nowhere from now on, whoever writes it, and the interpreter as it ends."""
    nobody = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nobody, number)
    finally:
        os.close(nobody)
