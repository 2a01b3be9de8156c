"""A CSV file of conversions: every row that does not fit is named with its line, and then none is taken."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from sendtrail.attribution.conversion_csv.fields import Defaults, read_conversion
from sendtrail.attribution.conversion_csv.header import Header, read_header
from sendtrail.domain.conversion import Conversion
from sendtrail.errors import SettingsError

DELIMITERS = ",;\t|"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """How a file is to be understood: its encoding, and what holds where it says nothing.

    `time_zone` is that of times without one; None refuses them. `currency` is that of values without one.
    """

    encoding: str = "utf-8"
    time_zone: tzinfo | None = None
    currency: str = ""
    kind: str = "conversion"


@dataclass(frozen=True, kw_only=True, slots=True)
class ConversionFile:
    """What a file holds: its conversions, each once, the columns that mean nothing, and how many rows repeat one."""

    conversions: tuple[Conversion, ...]
    ignored_columns: tuple[str, ...]
    repeated: int


def read_conversions(file: Path, reading: Reading) -> ConversionFile:
    """Return what a file holds; raise SettingsError with a sentence for each row that does not fit."""
    rows = _rows(_text(file, reading.encoding))
    first_line, titles = next(rows, (1, []))
    header = read_header(titles, line=first_line, has_currency=bool(reading.currency))
    defaults = Defaults(time_zone=reading.time_zone, currency=reading.currency, kind=reading.kind)
    read, problems = _Read({}), []
    for line, cells in rows:
        try:
            read.add(_conversion(header, cells, defaults), line=line)
        except SettingsError as error:
            problems += [f"line {line}: {problem}" for problem in error.problems]
    if problems:
        raise SettingsError([*problems, "Nothing was loaded: mend these lines and load the file again."])
    return ConversionFile(conversions=read.conversions, ignored_columns=header.ignored, repeated=read.repeated)


class _Read:
    """The conversions so far, and the lines that they stood on."""

    def __init__(self, found: dict[str, tuple[int, Conversion]]) -> None:
        self._found = found
        self.repeated = 0

    @property
    def conversions(self) -> tuple[Conversion, ...]:
        return tuple(conversion for _, conversion in self._found.values())

    def add(self, conversion: Conversion, *, line: int) -> None:
        """Take a conversion; raise SettingsError where another row says something else of the same one."""
        other_line, other = self._found.setdefault(conversion.conversion_id, (line, conversion))
        if other != conversion:
            raise SettingsError(
                [f"conversion_id: {conversion.conversion_id!r} is on line {other_line} already, and that row differs"]
            )
        self.repeated += other_line != line


def _conversion(header: Header, cells: list[str], defaults: Defaults) -> Conversion:
    if len(cells) != header.width:
        raise SettingsError([f"the row has {len(cells)} columns, the header has {header.width}"])
    return read_conversion({field: cells[place].strip() for field, place in header.places.items()}, defaults)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not blank, and the line that it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise SettingsError([f"line {line}: this is no CSV: {error}. Nothing was loaded."]) from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _delimiter(text: str) -> str:
    """Return what the first line is divided by most often: spreadsheets write what their country does."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(DELIMITERS, key=first.count)


def _text(file: Path, encoding: str) -> str:
    data = _bytes(file)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif data.startswith(b"\xef\xbb\xbf"):
        encoding = "utf-8-sig"
    try:
        return data.decode(encoding)
    except LookupError:
        raise SettingsError([f"--encoding: there is no encoding {encoding}; names are like cp1252, utf-16"]) from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SettingsError(
            [f"line {line}: this is not {encoding}: save the file as UTF-8, or say what it is: --encoding cp1252"]
        ) from None


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SettingsError([f"{file} cannot be read: {error.strerror}"]) from None
