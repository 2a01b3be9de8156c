"""A duration as people type it: 90s, 30m, 8h, 2d."""

import re
from datetime import timedelta

from sendtrail.errors import SettingsError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"([0-9]{1,6})\s*([smhd])")


def duration(text: str, *, option: str) -> timedelta:
    """Return a duration; raise SettingsError, naming the option, for anything else."""
    found = _DURATION.fullmatch(text.strip().lower())
    if found is None:
        raise SettingsError([f"{option}: {text!r} is no duration, such as 90s, 30m, 8h or 2d"])
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
