"""A strict look at an account that is paused: no request arrives once workers had the time to learn of it."""

# An answer of a second ago counts, and a slow one of the state store may be underway; a request takes its time as well.
MAX_DELAY_S = 30.0


class SilenceWatch:
    """Counts the requests that arrive at an account although it is paused."""

    def __init__(self) -> None:
        self._paused_at: float | None = None
        self.violations = 0

    def pause(self, now: float) -> None:
        """Expect silence, soon."""
        self._paused_at = now

    def resume(self) -> None:
        """Expect requests again."""
        self._paused_at = None

    def arrived(self, now: float, *, frozen_until: float = 0.0) -> None:
        """Count a request, but for one of a process that was frozen between its look and the request."""
        if self._paused_at is not None and frozen_until <= self._paused_at:
            self.violations += now > self._paused_at + MAX_DELAY_S
