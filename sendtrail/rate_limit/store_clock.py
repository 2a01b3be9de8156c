"""Where the times of the state store are on this machine's monotonic clock."""

from datetime import datetime

# It is a part of the headroom of the rate limit, which also covers how late requests arrive.
MAX_UNCERTAINTY_S = 0.02
# Where no answer is fast, the best of so many has to do.
ENOUGH_ANSWERS = 5


class StoreClock:
    """Narrows down the distance of two clocks with each time that is read from the store, as Cristian's algorithm does.

    A time was shown between the moments when it was asked for and when it was there: the fastest answer says most.
    Processes whose answers take differently long agree in this way on when a slot is.
    https://en.wikipedia.org/wiki/Cristian%27s_algorithm
    """

    def __init__(self) -> None:
        self._least_s, self._most_s = float("-inf"), float("inf")
        self._answers = 0

    @property
    def is_known(self) -> bool:
        """Return whether the distance is known as well as can be."""
        return self._most_s - self._least_s <= MAX_UNCERTAINTY_S or self._answers >= ENOUGH_ANSWERS

    def observe(self, shown: datetime, *, asked_at: float, read_at: float) -> None:
        """Take in a time of the store that was asked for and read at these moments of the monotonic clock."""
        least_s, most_s = asked_at - shown.timestamp(), read_at - shown.timestamp()
        if least_s <= self._most_s and self._least_s <= most_s:
            least_s, most_s, self._answers = max(least_s, self._least_s), min(most_s, self._most_s), self._answers + 1
        else:  # one of the clocks was moved
            self._answers = 1
        self._least_s, self._most_s = least_s, most_s

    def monotonic(self, moment: datetime) -> float:
        """Return when a moment of the store's clock is on the monotonic one, at the latest."""
        return moment.timestamp() + self._most_s
