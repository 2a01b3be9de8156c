"""A strict look at an account that is to be left alone: no request arrives once workers had the time to learn of it."""

# An answer of a second ago counts, and a slow one of the state store may be underway; a request takes its time as well.
MAX_DELAY_S = 30.0
# A delivery that has begun goes on to its end.
MAX_DELIVERY_S = 900.0


class SilenceWatch:
    """Counts the requests that arrive at an account later than `max_delay_s` after it is to be left alone."""

    def __init__(self, *, max_delay_s: float = MAX_DELAY_S) -> None:
        self._max_delay_s = max_delay_s
        self._since: float | None = None
        self.violations = 0

    def begin(self, now: float) -> None:
        """Expect silence, soon."""
        self._since = now

    def end(self) -> None:
        """Expect requests again."""
        self._since = None

    def arrived(self, now: float, *, frozen_until: float = 0.0) -> None:
        """Count a request, but for one of a process that was frozen between its look and the request."""
        if self._since is not None and frozen_until <= self._since:
            self.violations += now > self._since + self._max_delay_s
