"""A clock that moves only while somebody sleeps, so that a simulated day takes only as long as its work."""

import threading
from datetime import datetime, timedelta


class StillClock:
    """A clock on which sleeping takes no real time; any number of threads may use it at once."""

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
        """Move the clock by `seconds`."""
        with self._lock:
            self._now += timedelta(seconds=max(seconds, 0.0))

    def wait_until(self, moment: datetime) -> None:
        """Move the clock to a moment, unless that has passed."""
        with self._lock:
            self._now = max(self._now, moment)
