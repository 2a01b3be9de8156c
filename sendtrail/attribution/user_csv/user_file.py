"""A CSV file of users, read once and checked as a whole before anything of it is loaded."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sendtrail.attribution.csv_file.columns import Columns, find_columns, shown
from sendtrail.attribution.csv_file.moments import Writing
from sendtrail.attribution.csv_file.problems import NOTHING_LOADED, BadRow, Problems
from sendtrail.attribution.csv_file.rows import Row, rows_of
from sendtrail.attribution.csv_file.spool import Spool
from sendtrail.attribution.csv_file.text import open_lines
from sendtrail.attribution.user_csv.user_row import read_user
from sendtrail.domain.user import User
from sendtrail.errors import SettingsError

NAMES: Mapping[str, tuple[str, ...]] = {
    "user_id": ("user_id", "id", "user", "customer_id", "external_id"),
    "contact_id": ("contact_id", "activecampaign_id", "subscriber_id"),
    "email": ("email", "email_address", "customer_email", "contact_email", "user_email"),
    "valid_from": ("valid_from", "since"),
}
CONTACT = ("contact_id", "email")


@dataclass(frozen=True, kw_only=True, slots=True)
class UserReading:
    """How to read a file of users. Bad rows are refused, or skipped."""

    writing: Writing
    encoding: str = "utf-8"
    mapping: Mapping[str, str] = field(default_factory=dict)
    skips_bad: bool = False


class UserFile:
    """A file that was read: its claims, and what is wrong with its rows."""

    def __init__(self, spool: Spool, columns: Columns, reading: UserReading) -> None:
        self._spool, self._reading = spool, reading
        self.columns = columns
        self.problems = Problems()
        self.repeated = 0

    def add(self, row: Row) -> None:
        """Add a row, as a claim or with its problems; the first row again is no claim."""
        line, cells = row
        if self.columns.is_header(cells):
            return
        try:
            user = read_user(self.columns.cells(cells), self._reading.writing)
        except BadRow as error:
            self.problems.add(error.problems, line=line)
            return
        since = user.valid_from.isoformat() if user.valid_from else ""
        values = (user.user_id, user.contact_id, user.email, since)
        self._spool.add("\x1f".join(values), values, line=line)

    def users(self) -> Iterator[User]:
        """Yield each claim once, in no order; they may be read again."""
        for user_id, contact_id, email, since in self._spool.rows():
            valid_from = datetime.fromisoformat(since) if since else None
            yield User(user_id=user_id, contact_id=contact_id, email=email, valid_from=valid_from)

    def count_repeated(self) -> None:
        """Count the rows that repeat another one."""
        self.repeated = sum(1 for _ in self._spool.repeated())


@contextmanager
def read_users(path: Path, reading: UserReading) -> Iterator[UserFile]:
    """Read a file and yield it; raise SettingsError with a sentence for each kind of problem that its rows have."""
    with Spool() as spool:
        with open_lines(path, reading.encoding) as lines:
            rows = rows_of(lines)
            line, titles = next(rows, (1, []))
            columns = find_columns(titles, NAMES, reading.mapping, line=line)
            _check_columns(columns, line=line)
            found = UserFile(spool, columns, reading)
            for row in rows:
                found.add(row)
        if found.problems.rows and not reading.skips_bad:
            raise SettingsError([*found.problems.sentences, NOTHING_LOADED])
        found.count_repeated()
        yield found


def _check_columns(columns: Columns, *, line: int) -> None:
    problems = []
    if "user_id" not in columns.places:
        problems.append(f"line {line}: no column is known as user_id: say --map user_id=COLUMN")
    if not any(field in columns.places for field in CONTACT):
        problems.append(f"line {line}: no column names the contact: say --map email=COLUMN or --map contact_id=COLUMN")
    if problems:
        raise SettingsError([*problems, f"The first row has {shown(columns.titles)}."])
