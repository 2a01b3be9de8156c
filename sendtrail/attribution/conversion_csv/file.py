"""A CSV file of conversions, read once and checked as a whole before anything of it is loaded."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sendtrail.attribution.conversion_csv.fields import read_conversion
from sendtrail.attribution.conversion_csv.header import read_header
from sendtrail.attribution.conversion_csv.reading import Reading
from sendtrail.attribution.conversion_csv.shop import Cells, LeftOut, plain_status
from sendtrail.attribution.conversion_csv.shop_rows import with_refund
from sendtrail.attribution.csv_file.columns import Columns
from sendtrail.attribution.csv_file.problems import NOTHING_LOADED, BadRow, Problem, Problems
from sendtrail.attribution.csv_file.rows import Row, rows_of
from sendtrail.attribution.csv_file.spool import Spool
from sendtrail.attribution.csv_file.text import open_lines
from sendtrail.domain.conversion import Conversion
from sendtrail.errors import SettingsError

DIFFERS = "conversion_id: {} is on several lines that differ: keep one of them, with the whole value"
HEADER = LeftOut("the first row again")
MAX_REASONS = 50


class ConversionFile:
    """A file that was read: its conversions, and what of it is none."""

    def __init__(self, spool: Spool, columns: Columns, reading: Reading) -> None:
        self._spool, self._reading, self._defaults = spool, reading, reading.defaults
        self.columns = columns
        self.rows = 0
        self.left_out: Counter[str] = Counter()
        self.problems = Problems()
        self.repeated = 0

    def add(self, row: Row) -> None:
        """Add a row, as conversions, as left out, or with its problems."""
        line, cells = row
        self.rows += 1
        try:
            parts = HEADER if self.columns.is_header(cells) else _parts(self.columns.cells(cells), self._reading)
            if isinstance(parts, LeftOut):
                self._leave_out(parts.reason)
                return
            for conversion in [read_conversion(part, self._defaults) for part in parts]:
                self._spool.add(conversion.conversion_id, _values(conversion), line=line)
        except BadRow as error:
            self.problems.add(error.problems, line=line)

    def compare_repeated(self) -> None:
        """Count the rows that repeat another one; add a problem where they differ."""
        for row, differs in self._spool.repeated():
            if differs:
                self.problems.add([Problem(kind=DIFFERS, cell=row.key)], line=row.line)
            else:
                self.repeated += 1

    def conversions(self) -> Iterator[Conversion]:
        """Yield each conversion once, in no order; they may be read again."""
        for values in self._spool.rows():
            yield _conversion(values)

    def _leave_out(self, reason: str) -> None:
        is_known = reason in self.left_out or len(self.left_out) < MAX_REASONS
        self.left_out[reason if is_known else "other reasons"] += 1


@contextmanager
def read_conversions(path: Path, reading: Reading) -> Iterator[ConversionFile]:
    """Read a file and yield it; raise SettingsError with a sentence for each kind of problem that its rows have."""
    with Spool() as spool:
        with open_lines(path, reading.encoding) as lines:
            rows = rows_of(lines)
            line, titles = next(rows, (1, []))
            found = ConversionFile(spool, read_header(titles, reading.wanted, line=line), reading)
            for row in rows:
                found.add(row)
        found.compare_repeated()
        _check(found, reading)
        yield found


def _check(found: ConversionFile, reading: Reading) -> None:
    if found.problems.rows and not reading.skips_bad:
        raise SettingsError([*found.problems.sentences, NOTHING_LOADED])
    if found.rows and found.rows == sum(found.left_out.values()):
        reasons = ", ".join(f"{reason} ({count:,})" for reason, count in found.left_out.most_common())
        raise SettingsError(
            [f"no row of the file counts: {reasons}. Say which do with --status, or with another --from"]
        )


def _parts(cells: Cells, reading: Reading) -> Sequence[Cells] | LeftOut:
    """Return the conversions of a row, each as its cells, or why there are none."""
    parts = (reading.shop.split if reading.shop else with_refund)(cells)
    statuses = reading.statuses or (reading.shop.statuses if reading.shop else frozenset())
    if isinstance(parts, LeftOut) or not statuses or "status" not in cells:
        return parts
    status = cells["status"]
    return parts if plain_status(status) in statuses else LeftOut(f"status {status or 'none'}")


def _values(conversion: Conversion) -> list[str | None]:
    value = None if conversion.value is None else str(conversion.value)
    at = conversion.converted_at.isoformat()
    who = (conversion.user_id, conversion.email)
    return [conversion.conversion_id, *who, at, value, conversion.currency, conversion.kind, conversion.refund_of]


def _conversion(values: Sequence[Any]) -> Conversion:
    conversion_id, user_id, email, at, value, currency, kind, refund_of = values
    return Conversion(
        conversion_id=conversion_id,
        user_id=user_id,
        email=email,
        converted_at=datetime.fromisoformat(at),
        value=None if value is None else Decimal(value),
        currency=currency,
        kind=kind,
        refund_of=refund_of,
    )
