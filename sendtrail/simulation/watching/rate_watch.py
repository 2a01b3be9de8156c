"""A strict look at the account's limit: requests in any second, by when they arrived."""

from bisect import bisect_left


class RateWatch:
    """Counts how often more requests than `most` arrived within `window_s` seconds."""

    def __init__(self, *, most: int, window_s: float = 1.0) -> None:
        self._most, self._window_s = most, window_s
        self._arrived: list[float] = []  # ascending
        self.violations = 0
        self._forgiving_until = 0.0

    def forgive(self, *, until: float) -> None:
        """Count none until a time."""
        self._forgiving_until = until

    def arrived(self, at: float) -> None:
        """Count a request; one may overtake another one on its way."""
        place = bisect_left(self._arrived, at)
        self._arrived.insert(place, at)
        windows = zip(
            self._arrived[max(0, place - self._most) :], self._arrived[max(place, self._most) :], strict=False
        )
        is_too_many = any(last - first < self._window_s for first, last in windows if first <= at <= last)
        self.violations += is_too_many and at >= self._forgiving_until
        del self._arrived[: -3 * self._most]
