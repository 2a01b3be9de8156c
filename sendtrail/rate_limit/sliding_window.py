"""When this process really sent its requests, which on a busy machine is later than their slots."""

from collections import deque
from math import inf

from sendtrail import threads
from sendtrail.clock import Clock

# By this share the window is longer than the account's, because a network may bring requests closer together.
MARGIN = 0.03


class SlidingWindow:
    """Sends at most `most` requests in any `window_s` seconds; all who send to an account share it."""

    def __init__(self, clock: Clock, *, most: int, window_s: float = 1.0) -> None:
        self._clock = clock
        self._span_s = window_s * (1 + MARGIN)
        self._sent: deque[float] = deque(maxlen=most)
        self._lock = threads.lock()

    def wait(self, *, latest: float = inf) -> bool:
        """Block until a request may be sent, and record that it is; return False where that is after `latest`."""
        with self._lock:
            if len(self._sent) == self._sent.maxlen:
                free_at = self._sent[0] + self._span_s
                if free_at > latest:
                    return False
                self._clock.sleep(free_at - self._clock.monotonic())
            if self._clock.monotonic() > latest:
                return False
            self._sent.append(self._clock.monotonic())
            return True


def sliding_window(clock: Clock, *, requests_per_second: float) -> SlidingWindow:
    """Return the window of an account with this limit; below one request per second it is longer than a second."""
    most = max(1, int(requests_per_second))
    return SlidingWindow(clock, most=most, window_s=most / requests_per_second)
