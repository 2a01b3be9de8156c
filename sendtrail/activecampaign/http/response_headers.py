"""What the headers of an answer say, as far as it can be believed: whoever sends them may send anything."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar

N = TypeVar("N", int, float)

_NUMBER = re.compile(r"\s*([0-9]{1,9})\s*")


def header_number(header: str | None, kind: Callable[[str], N]) -> N | None:
    """Return the number of a RateLimit header; None where it is missing or says something else."""
    found = _NUMBER.fullmatch(header or "")
    return kind(found[1]) if found else None


def retry_after_s(header: str | None, *, now: datetime, date: str | None = None) -> float | None:
    """Return what Retry-After asks for, in seconds or as a date (RFC 9110, 10.2.3); None where it says neither.

    A date is compared with the answer's own `date`, where it has one: this machine's clock may be wrong.
    """
    if (seconds := header_number(header, float)) is not None:
        return seconds
    until = _moment(header)
    return None if until is None else max(0.0, (until - (_moment(date) or now)).total_seconds())


def moment_of(headers: Mapping[str, str]) -> datetime | None:
    """Return when an answer was sent (RFC 9110, 6.6.1), or passed on by a cache; None where it does not say."""
    date = _moment(headers.get("Date"))
    return None if date is None else date + timedelta(seconds=header_number(headers.get("Age"), int) or 0)


def _moment(header: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(header or "")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
