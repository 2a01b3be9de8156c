"""A body without the digits that no number has: ijson's C parser crashes the process on an integer of 4,301 digits.

The parser of rows refuses numbers from 309 digits on.
"""

import re
from typing import IO

MAX_DIGITS = 300
_LONG = re.compile(rb"(\d{%d})\d+" % MAX_DIGITS)
_LEADING, _TRAILING = re.compile(rb"\d*"), re.compile(rb"\d*\Z")


class ShortNumbers:
    """Reads a file, with at most `MAX_DIGITS` digits of any row of digits: enough to be no number that is believed."""

    def __init__(self, body: IO[bytes]) -> None:
        self._body = body
        self._digits = 0  # at the end of what was read

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, none at the end of the file."""
        while data := self._body.read(size):
            if kept := self._shortened(data):
                return kept
        return b""

    def _shortened(self, data: bytes) -> bytes:
        leading = _LEADING.match(data)
        count = leading.end() if leading else 0
        kept = data[: min(count, MAX_DIGITS - self._digits)] + _LONG.sub(rb"\1", data[count:])
        trailing = _TRAILING.search(data[-MAX_DIGITS:])
        digits = len(trailing.group()) if trailing else 0
        self._digits = min(MAX_DIGITS, digits + (self._digits if count == len(data) else 0))
        return kept
