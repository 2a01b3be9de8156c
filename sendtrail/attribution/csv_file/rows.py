"""The rows of a file: cells without what spreadsheets wrap around them, and the line that each row begins on."""

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import chain

from sendtrail.errors import SettingsError

DELIMITERS = ",;\t|"
Row = tuple[int, list[str]]
_QUOTED = re.compile(r'"[^"]*"')
_SEPARATOR = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
# A mark inside a file (two files joined), and a space that nobody sees.
_INVISIBLE = "\ufeff\u200b"
_FORMULA = re.compile(r'="(.*)"', re.DOTALL)


def rows_of(lines: Iterator[str]) -> Iterator[Row]:
    """Yield each row that is not blank, and the line that it begins on; raise SettingsError where it is not CSV."""
    line, first = _first_line(lines)
    if hint := _SEPARATOR.fullmatch(first):  # how Excel is told its delimiter
        yield from _rows(lines, delimiter=hint[1], line=line + 1)
    else:
        yield from _rows(chain([first], lines), delimiter=_delimiter(first), line=line)


def _first_line(lines: Iterator[str]) -> tuple[int, str]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            return number, line
    return 1, ""


def _rows(lines: Iterable[str], *, delimiter: str, line: int) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    before = line - 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise SettingsError([f"line {line}: this is not CSV: {error}. Nothing was loaded."]) from None
        if cells is None:
            return
        cells = [_cleaned(cell) for cell in cells]
        if any(cells):
            yield line, cells
        line = before + reader.line_num + 1


def _delimiter(line: str) -> str:
    """Return the most frequent delimiter of a line outside quotes: spreadsheets use the one of their country."""
    return max(DELIMITERS, key=_QUOTED.sub("", line).count)


def _cleaned(cell: str) -> str:
    cell = cell.strip().strip(_INVISIBLE).strip()
    formula = _FORMULA.fullmatch(cell) if cell.startswith('="') else None  # how exports keep the zeros of 00123
    return formula[1] if formula else cell
