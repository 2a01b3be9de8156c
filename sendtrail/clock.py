"""The only place that reads the time and sleeps."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sendtrail.errors import Unavailable

STOPPED = "the run is stopped; the next one goes on here"
# How long what was begun may go on once a run is stopped, and how often a sleeper looks whether it is.
GRACE_S, NAP_S = 2.0, 0.5
# The clocks of machines that work together differ by less than this.
TOLERANCE = timedelta(minutes=2)


def is_credible(moment: datetime, *, now: datetime) -> bool:
    """Return whether a stored moment can have come already; otherwise a clock was wrong, or is wrong now."""
    return moment <= now + TOLERANCE


class Clock(Protocol):
    """Time as the code sees it: the machine's, or one that a test holds."""

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


class ManualClock:
    """A clock that stands still until somebody sleeps or moves it, for tests and simulations; any thread may.

    `slept` is every wait that was asked for, in seconds; each is over at once.
    """

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._monotonic = (
            0.0  # on its own: a timedelta drops what is less than a microsecond, and a wait would never end
        )
        self._lock = threading.Lock()
        self.slept: list[float] = []

    def now(self) -> datetime:
        """Return the time of day, aware, in UTC."""
        return self._now

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return self._monotonic

    def sleep(self, seconds: float, /) -> None:
        """Let `seconds` pass at once."""
        self.slept.append(seconds)
        self.advance(max(seconds, 0.0))

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass without anybody having asked for it."""
        with self._lock:
            self._advance(seconds)

    def advance_to(self, moment: datetime) -> None:
        """Let time pass until a moment, if that is still to come."""
        with self._lock:
            self._advance(max((moment - self._now).total_seconds(), 0.0))

    def _advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds


class CheckedClock:
    """A machine's clock, whose time of day is held back where it is ahead of what an account says the time is.

    What is stored with a time from the future spares later syncs what they should read, and once that time has come
    nobody can tell. A clock that is behind has them read more, and is left alone.
    """

    def __init__(self, inner: Clock, *, on_ahead: Callable[[timedelta], None]) -> None:
        self._inner, self._on_ahead = inner, on_ahead
        self._lock = threading.Lock()
        self._known: tuple[datetime, float] | None = None  # what was said last, and when on the monotonic clock
        self._has_told = False

    def now(self) -> datetime:
        """Return the time of day, aware, in UTC."""
        now, right = self._inner.now(), self._right()
        return now if right is None or is_credible(now, now=right) else right

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return self._inner.monotonic()

    def sleep(self, seconds: float, /) -> None:
        """Wait for `seconds`; zero or less returns at once."""
        self._inner.sleep(seconds)

    def observe(self, moment: datetime) -> None:
        """Take note of the time that an account has just said; an older one, as of an answer that was kept, is none."""
        with self._lock:
            right = self._right()
            if right is None or moment > right:
                self._known = (moment, self._inner.monotonic())
            ahead = self._inner.now() - max(moment, right or moment)
            is_news = ahead > TOLERANCE and not self._has_told
            self._has_told |= is_news
        if is_news:
            self._on_ahead(ahead)

    def _right(self) -> datetime | None:
        """Return what the time is by the account; None as long as it has not said."""
        if self._known is None:
            return None
        moment, at = self._known
        return moment + timedelta(seconds=self._inner.monotonic() - at)


class Deadline:
    """A time budget of `budget_s` seconds that starts when it is made."""

    def __init__(self, clock: Clock, *, budget_s: float) -> None:
        self._clock = clock
        self._end = clock.monotonic() + budget_s

    def spent(self) -> bool:
        """Tell whether it is time to hand over."""
        return self._clock.monotonic() >= self._end


class StopSignal:
    """Asks the work of a run to end as soon as it can be resumed, and after `GRACE_S` seconds wherever it waits."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._stopped_at: float | None = None

    def set(self) -> None:
        """Ask the work to end."""
        if self._stopped_at is None:
            self._stopped_at = self._clock.monotonic()

    def is_set(self) -> bool:
        """Return whether the work is to end as soon as it can be resumed."""
        return self._stopped_at is not None

    def is_overdue(self) -> bool:
        """Return whether nothing is to be waited for any more."""
        return self._stopped_at is not None and self._clock.monotonic() >= self._stopped_at + GRACE_S


class StoppableClock:
    """A clock whose sleepers raise Unavailable once a stop is overdue."""

    def __init__(self, inner: Clock, stop: StopSignal) -> None:
        self._inner, self._stop = inner, stop

    def now(self) -> datetime:
        """Return the time of day, aware, in UTC."""
        return self._inner.now()

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return self._inner.monotonic()

    def sleep(self, seconds: float, /) -> None:
        """Wait for `seconds`; zero or less returns at once."""
        end = self.monotonic() + seconds
        while (left_s := end - self.monotonic()) > 0:
            if self._stop.is_overdue():
                raise Unavailable(STOPPED)
            self._inner.sleep(min(left_s, NAP_S))
