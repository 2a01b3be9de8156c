"""A CSV file of conversions: if any row is invalid, each invalid row is listed with its line and nothing is loaded."""

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
    """How to read a file: its encoding, and the defaults for what it leaves out.

    `time_zone` is that of times without one; None refuses them. `currency` is that of values without one.
    Values below zero that refund no named conversion are refused, or `counted_apart`.
    """

    encoding: str = "utf-8"
    time_zone: tzinfo | None = None
    currency: str = ""
    kind: str = "conversion"
    counted_apart: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ConversionFile:
    """The content of a file: its distinct conversions, the ignored columns, and the number of repeated rows."""

    conversions: tuple[Conversion, ...]
    ignored_columns: tuple[str, ...]
    repeated: int


def read_conversions(file: Path, reading: Reading) -> ConversionFile:
    """Return the content of a file; raise SettingsError with a sentence for each invalid row."""
    rows = _rows(_text(file, reading.encoding))
    first_line, titles = next(rows, (1, []))
    header = read_header(titles, line=first_line, has_currency=bool(reading.currency))
    defaults = Defaults(
        time_zone=reading.time_zone,
        currency=reading.currency,
        kind=reading.kind,
        counted_apart=reading.counted_apart,
    )
    read, problems = _Read({}), []
    for line, cells in rows:
        try:
            read.add(_conversion(header, cells, defaults), line=line)
        except SettingsError as error:
            problems += [f"line {line}: {problem}" for problem in error.problems]
    if problems:
        raise SettingsError([*problems, "Nothing was loaded: correct these lines and load the file again."])
    return ConversionFile(conversions=read.conversions, ignored_columns=header.ignored, repeated=read.repeated)


class _Read:
    """The conversions so far, and the lines that they were on."""

    def __init__(self, found: dict[str, tuple[int, Conversion]]) -> None:
        self._found = found
        self.repeated = 0

    @property
    def conversions(self) -> tuple[Conversion, ...]:
        return tuple(conversion for _, conversion in self._found.values())

    def add(self, conversion: Conversion, *, line: int) -> None:
        """Add a conversion; raise SettingsError if another row with the same id differs."""
        other_line, other = self._found.setdefault(conversion.conversion_id, (line, conversion))
        if other != conversion:
            raise SettingsError(
                [f"conversion_id: {conversion.conversion_id!r} is already on line {other_line}, and that row differs"]
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
            raise SettingsError([f"line {line}: this is not CSV: {error}. Nothing was loaded."]) from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _delimiter(text: str) -> str:
    """Return the most frequent delimiter of the first line: spreadsheets use the one of their country."""
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
        raise SettingsError([f"--encoding: there is no encoding {encoding}; examples are cp1252 and utf-16"]) from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SettingsError(
            [f"line {line}: this is not {encoding}: save it as UTF-8, or name its encoding with --encoding cp1252"]
        ) from None


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SettingsError([f"{file} cannot be read: {error.strerror}"]) from None
