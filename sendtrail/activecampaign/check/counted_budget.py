"""A budget that lets a limited number of requests pass, and remembers what the account says about its limit."""

from sendtrail.errors import Unavailable
from sendtrail.ports import RequestBudget

MAX_REQUESTS = 30


class TooManyRequests(Unavailable):
    """The check has made as many requests as it may."""


class CountedBudget:
    """Counts the requests that another budget lets pass, for one thread; raise TooManyRequests beyond `most`."""

    def __init__(self, budget: RequestBudget, *, most: int = MAX_REQUESTS) -> None:
        self._budget, self._most = budget, most
        self.requests = 0
        self.limit: float | None = None
        self.least_remaining: int | None = None
        self.pauses_s: list[float] = []

    @property
    def interval_s(self) -> float:
        """Return the time between two requests."""
        return self._budget.interval_s

    def acquire(self) -> None:
        """Block until the next request may be sent."""
        if self.requests >= self._most:
            raise TooManyRequests(f"not asked: the check makes {self._most} requests at most")
        self.requests += 1
        self._budget.acquire()

    def back_off(self, retry_after_s: float, /) -> None:
        """Record how long the account asks to be left alone, and pass it on."""
        self.pauses_s.append(retry_after_s)
        self._budget.back_off(retry_after_s)

    def observe_limits(self, *, limit: float | None, remaining: int | None) -> None:
        """Record what an answer says about the limit, and pass it on."""
        self.limit = self.limit if limit is None else limit
        known = [each for each in (self.least_remaining, remaining) if each is not None]
        self.least_remaining = min(known, default=None)
        self._budget.observe_limits(limit=limit, remaining=remaining)
