"""The ways in which the account writes an instant, read as UTC."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

CENTRAL = ZoneInfo("America/Chicago")  # what v3 means where it gives no offset, wherever the account is
UTC_ZONE = ZoneInfo("UTC")
_DATE_CHARACTERS = 10
# No e-mail was opened before, and no warehouse keeps a daily partition beyond.
MIN_YEAR, MAX_YEAR = 1971, 2158


def instant(value: object, zone: ZoneInfo) -> datetime | None:
    """Return the UTC time of a timestamp, read in `zone` where it has no offset; None where it cannot be read.

    Of an hour that is there twice (clocks put back) the first is meant; a time that never was (put forward) is an hour
    later than it says.
    """
    try:
        moment = datetime.fromisoformat(value.strip())  # type: ignore[attr-defined]  # whatever it is, the error says
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        return moment.astimezone(UTC) if MIN_YEAR <= moment.year <= MAX_YEAR else None
    except (AttributeError, ValueError, OverflowError):  # "", null, "0000-00-00" and "0000-00-00 00:00:00" among them
        return None


def midnight(value: object, zone: ZoneInfo) -> datetime | None:
    """Return the UTC time at which the day of a timestamp began in `zone`; None where it cannot be read."""
    try:
        day = datetime.fromisoformat(value.strip()[:_DATE_CHARACTERS])  # type: ignore[attr-defined]  # the error says
        if not MIN_YEAR <= day.year <= MAX_YEAR:
            return None
        return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
    except (AttributeError, ValueError, OverflowError):
        return None


def is_date(value: str) -> bool:
    """Return whether a timestamp is a date without a time."""
    return len(value.strip()) <= _DATE_CHARACTERS
