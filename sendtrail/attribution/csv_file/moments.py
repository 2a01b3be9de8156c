"""Times: with their zone, in one way of writing, and refused where day and month could change places."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sendtrail.attribution.csv_file.problems import BadCell

FIRST_YEAR = 1971
LAST_OF_DAY = time(23, 59, 59, 999_999)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# As Ruby, Python and databases write a zone after a time.
_NAMED_UTC = re.compile(r" ?(UTC|GMT|Z)$")
_SPACE_BEFORE_OFFSET = re.compile(r" (?=[+-]\d{2}:?\d{2}$)")
_NUMERIC_DAY = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](\d{4}|\d{2})(?!\d).*")
_SERIAL = re.compile(r"[2-6]\d{4}([.,]\d+)?")
_TOKEN = re.compile(r"YYYY|YY|MMMM|MMM|MM|M|DD|D|HH|H|hh|h|mm|ss|A")
_TOKENS = {
    "YYYY": "%Y", "YY": "%y", "MMMM": "%B", "MMM": "%b", "MM": "%m", "M": "%m", "DD": "%d", "D": "%d",
    "HH": "%H", "H": "%H", "hh": "%I", "h": "%I", "mm": "%M", "ss": "%S", "A": "%p",
}  # fmt: skip
# Those that mean one offset wherever they are used: others, such as CST and IST, have to be named with --time-zone.
_ABBREVIATIONS = {
    "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3,
    "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
    "AEST": 10, "AEDT": 11, "AWST": 8, "NZST": 12, "NZDT": 13, "JST": 9, "BRT": -3,
}  # fmt: skip

NO_TIME = "there is none"
NUMERIC_DAY = (
    "{} does not say which is the day and which the month: say it with --date-format, such as 'DD.MM.YYYY HH:mm' or"
    " 'MM/DD/YYYY'"
)
SERIAL = "{} is a spreadsheet's number for a day: format the column like 2025-03-30 14:05, and export again"
NOT_ISO = "{} is not a time: write it like 2025-03-30T14:05:00+02:00 or 2025-03-30 14:05:00, or say --date-format"
NO_TIME_OF_DAY = "{} is not followed by a time of day like 14:05 or 2:05 PM"
NO_SUCH_TIME = "{} is not an existing time, or is not written like 2025-03-30T14:05:00+02:00"
OTHER_FORMAT = "{} is not written like the --date-format"
IMPOSSIBLE = f"{{}} cannot be the time of something that happened: its year is before {FIRST_YEAR}, or far off"
NO_ZONE = "{} has no time zone: name the zone of such times with --time-zone Europe/Berlin"
SKIPPED = "{} did not exist in its time zone, where clocks were set forward: is --time-zone the one of this file?"
UNKNOWN_ZONE = "{} is followed by a time zone that is not known: name the one that is meant with --time-zone"


class DateFormat:
    """A way of writing times, such as DD.MM.YYYY HH:mm, or %d.%m.%Y %H:%M."""

    def __init__(self, text: str) -> None:
        """Read it; raise ValueError with a sentence where it does not say one day, and one time of it at most."""
        self.text = text
        self.codes = text if "%" in text else _TOKEN.sub(lambda token: _TOKENS[token[0]], text)
        if not (re.search(r"%[Yy]", self.codes) and re.search(r"%[mbB]", self.codes) and "%d" in self.codes):
            raise ValueError(
                f"{text!r} does not say year, month and day: write it like 'DD.MM.YYYY HH:mm', 'MM/DD/YYYY'"
                " or 'MMM D, YYYY h:mm:ss A'"
            )
        if "%I" in self.codes and "%p" not in self.codes:  # Python would take 12:05 for five past midnight
            raise ValueError(f"{text!r} has hours up to 12 without AM or PM: write HH for hours up to 24, or add A")
        self.has_time = bool(re.search(r"%[HIXcT]", self.codes))
        try:
            self.parse(datetime(2025, 12, 31, 14, 5, tzinfo=UTC).strftime(self.codes))
        except re.error:
            raise ValueError(f"{text!r} names a part of the time twice: months are MM, minutes are mm") from None

    def parse(self, text: str) -> datetime:
        """Return a time as it is written, without a zone unless it names one."""
        return datetime.strptime(" ".join(text.split()), self.codes)  # noqa: DTZ007  (the caller adds the zone)


@dataclass(frozen=True, kw_only=True, slots=True)
class Writing:
    """How the times of a file are written: the zone of those without one, and their format if not year first."""

    zone: tzinfo | None
    date_format: DateFormat | None = None


def instant(text: str, writing: Writing, *, of_day: time | str = LAST_OF_DAY) -> datetime:
    """Return a time in UTC; for a day without a time, the one `of_day`. Raise BadCell where it is not certain.

    If an hour occurs twice because clocks are set back, the first one is meant.
    """
    if not text:
        raise BadCell(NO_TIME)
    moment, has_time = _formatted(text, writing.date_format) if writing.date_format else _iso(text)
    if not has_time:
        moment = datetime.combine(moment.date(), _time_of_day(of_day) if isinstance(of_day, str) else of_day)
    if not FIRST_YEAR <= moment.year < date.max.year:
        raise BadCell(IMPOSSIBLE)
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    if writing.zone is None:
        raise BadCell(NO_ZONE)
    found = moment.replace(tzinfo=writing.zone).astimezone(UTC)
    if found.astimezone(writing.zone).replace(tzinfo=None) != moment:
        raise BadCell(SKIPPED)
    return found


@cache
def zone_named(name: str) -> tzinfo | None:
    """Return the zone of a name such as Europe/Berlin or PDT, None if there is none or several have it."""
    if name.upper() in _ABBREVIATIONS:
        return timezone(timedelta(hours=_ABBREVIATIONS[name.upper()]))
    try:
        return ZoneInfo(name) if "/" in name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _time_of_day(text: str) -> time:
    """Return a time from a column of its own, such as 14:05, 14:05:10 or 2:05 PM."""
    for codes in ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p"):
        with suppress(ValueError):
            return datetime.strptime(text, codes).time()  # noqa: DTZ007  (it has a zone together with its day)
    raise BadCell(NO_TIME_OF_DAY)


def _formatted(text: str, date_format: DateFormat) -> tuple[datetime, bool]:
    try:
        return date_format.parse(text), date_format.has_time
    except ValueError:
        raise BadCell(OTHER_FORMAT) from None


def _iso(text: str) -> tuple[datetime, bool]:
    if not _ISO_DAY.match(text):
        raise BadCell(NUMERIC_DAY if _NUMERIC_DAY.match(text) else SERIAL if _SERIAL.fullmatch(text) else NOT_ISO)
    has_time = not _ISO_DAY.fullmatch(text)
    try:
        return datetime.fromisoformat(_SPACE_BEFORE_OFFSET.sub("", _NAMED_UTC.sub("+00:00", text))), has_time
    except ValueError:
        raise BadCell(NO_SUCH_TIME) from None
