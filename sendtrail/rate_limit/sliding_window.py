"""When the requests of this process really left, which is later than they were due where the machine is busy."""

import threading
from collections import deque

from sendtrail.clock import Clock

# So many more seconds than the window has, for each of its seconds: what a network may bunch requests by.
MARGIN = 0.03


class SlidingWindow:
    """Keeps any `most` + 1 requests in a row more than `window_s` seconds apart; shared by all that ask one account."""

    def __init__(self, clock: Clock, *, most: int, window_s: float = 1.0) -> None:
        self._clock = clock
        self._span_s = window_s * (1 + MARGIN)
        self._left: deque[float] = deque(maxlen=most)
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when a request may leave, and take note of it."""
        with self._lock:
            if len(self._left) == self._left.maxlen:
                self._clock.sleep(self._left[0] + self._span_s - self._clock.monotonic())
            self._left.append(self._clock.monotonic())


def sliding_window(clock: Clock, *, requests_per_second: float) -> SlidingWindow:
    """Return the window of an account that allows so many requests in any second (or one in more than that)."""
    most = max(1, int(requests_per_second))
    return SlidingWindow(clock, most=most, window_s=most / requests_per_second)
