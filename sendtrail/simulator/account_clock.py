"""The account's clock: it stands where it was set, or ticks on from there."""

import time
from datetime import datetime, timedelta

HOUR_S, DAY_S = 3_600, 86_400


class Clock:
    """Tell the account's time, in whole seconds since the epoch."""

    def __init__(self, now: datetime | None) -> None:
        if now is not None and now.tzinfo is None:
            raise ValueError("now must be an aware datetime")
        self._ticking = now is None
        self._origin = int(time.time()) if now is None else int(now.timestamp())
        self._started = time.monotonic()
        self._last = self._origin

    def now(self) -> int:
        """Return the time; it never goes back, not even behind the last event."""
        elapsed = int(time.monotonic() - self._started) if self._ticking else 0
        return max(self._last, self._origin + elapsed)

    def advance(self, by: timedelta) -> int:
        """Move the clock on and return the new time."""
        step = int(by.total_seconds())
        self._last = self.now() + step
        self._origin += step
        return self._last

    def nudge(self, seconds: int) -> int:
        """Make room for something that happens now, without putting the clock ahead for good; return its end."""
        self._last = self.now() + seconds
        return self._last
