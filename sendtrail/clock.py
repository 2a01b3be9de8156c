"""The only place that reads the time and sleeps."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Time as the code sees it; tests bring one of their own."""

    def now(self) -> datetime:
        """Return the time of day, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        ...

    def sleep(self, seconds: float, /) -> None:
        """Wait for `seconds`; zero or less returns at once."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the time of day, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()

    def sleep(self, seconds: float, /) -> None:
        """Wait for `seconds`; zero or less returns at once."""
        if seconds > 0:
            time.sleep(seconds)


class Deadline:
    """A time budget of `budget_s` seconds that starts when it is made."""

    def __init__(self, clock: Clock, *, budget_s: float) -> None:
        self._clock = clock
        self._end = clock.monotonic() + budget_s

    def spent(self) -> bool:
        """Tell whether it is time to hand over."""
        return self._clock.monotonic() >= self._end
