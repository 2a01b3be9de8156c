"""The standard streams of a command: what a terminal cannot show must not end it, and files are always UTF-8."""

import sys
from io import TextIOWrapper


def make_streams_tolerant() -> None:
    """Print a question mark for what the encoding of a terminal, such as cp1252, does not have."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def write_data_as_utf8() -> None:
    """Have rows for other programs written in UTF-8, whatever the encoding is: no letter of a name is lost."""
    if isinstance(sys.stdout, TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8", errors="strict")
