"""A strict look at the account's limit: requests in any second, by when they arrived."""

from collections import deque


class RateWatch:
    """Counts how often more requests than `most` arrived within `window_s` seconds."""

    def __init__(self, *, most: int, window_s: float = 1.0) -> None:
        self._most, self._window_s = most, window_s
        self._arrived: deque[float] = deque()
        self.violations = 0
        self._forgiving_until = 0.0

    def forgive(self, *, until: float) -> None:
        """Count none until a time."""
        self._forgiving_until = until

    def arrived(self, now: float) -> None:
        """Count a request."""
        while self._arrived and self._arrived[0] <= now - self._window_s:
            self._arrived.popleft()
        self._arrived.append(now)
        self.violations += len(self._arrived) > self._most and now >= self._forgiving_until
