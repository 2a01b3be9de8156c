"""A strict look at the account's limit: requests in any second, by when they left."""

from collections import deque


class RateWatch:
    """Counts how often more requests than `most` left within `window_s` seconds."""

    def __init__(self, *, most: int, window_s: float = 1.0) -> None:
        self._most, self._window_s = most, window_s
        self._sent: deque[float] = deque()
        self.violations = 0
        self._forgiving_until = 0.0

    def forgive(self, *, until: float) -> None:
        """Count none until a time."""
        self._forgiving_until = until

    def sent(self, now: float) -> None:
        """Count a request."""
        while self._sent and self._sent[0] <= now - self._window_s:
            self._sent.popleft()
        self._sent.append(now)
        self.violations += len(self._sent) > self._most and now >= self._forgiving_until
