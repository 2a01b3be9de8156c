"""A clock that moves only when it is told to, so that a day takes as long as its work."""

import threading
from datetime import datetime, timedelta


class StillClock:
    """Time that passes while somebody sleeps, and in no other way; any number of threads may use it at once."""

    def __init__(self, start: datetime) -> None:
        self._start = self._now = start
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the time of day, aware, in UTC."""
        return self._now

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return (self._now - self._start).total_seconds()

    def sleep(self, seconds: float, /) -> None:
        """Let `seconds` pass at once."""
        with self._lock:
            self._now += timedelta(seconds=max(seconds, 0.0))

    def wait_until(self, moment: datetime) -> None:
        """Let time pass until a moment, if that is still to come."""
        with self._lock:
            self._now = max(self._now, moment)
