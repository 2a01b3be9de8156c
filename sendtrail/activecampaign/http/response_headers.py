"""What the headers of an answer say, as far as it can be believed: whoever sends them may send anything."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

N = TypeVar("N", int, float)

_NUMBER = re.compile(r"\s*([0-9]{1,9})\s*")


def header_number(header: str | None, kind: Callable[[str], N]) -> N | None:
    """Return the number of a RateLimit header; None where it is missing or says something else."""
    found = _NUMBER.fullmatch(header or "")
    return kind(found[1]) if found else None


def retry_after_s(header: str | None, *, now: datetime) -> float | None:
    """Return what Retry-After asks for, in seconds or as a date (RFC 9110, 10.2.3); None where it says neither."""
    if (seconds := header_number(header, float)) is not None:
        return seconds
    try:
        until = parsedate_to_datetime(header or "")
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return max(0.0, (until - now).total_seconds())
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
