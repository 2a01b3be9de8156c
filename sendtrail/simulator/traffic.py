"""The requests that an account has seen, and the strict limit on their rate."""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A request that came in; `at` is on the machine's monotonic clock, in seconds."""

    endpoint: str
    at: float
    refused: bool
    """Whether it broke the rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What came in so far."""

    requests: int
    by_endpoint: dict[str, int]
    """By report action or path, ids replaced by `{id}`; refused requests included."""
    refused: int
    """Answered with 429 for breaking the rate."""
    most_in_one_second: int
    """The most requests, refused ones included, in any window of one second."""
    failures: dict[str, int]
    """Injected failures by kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a request is within the rate."""

    admitted: bool
    remaining: int
    retry_after_s: float


class SlidingWindow:
    """Admit at most so many requests in any window of one second (of `1 / rate` where the rate is below one)."""

    def __init__(self, rate: float) -> None:
        self.limit = max(1, int(rate))
        self._span_s = 1.0 if rate >= 1 else 1 / rate
        self._admitted: deque[float] = deque()

    def ask(self, at: float) -> Verdict:
        """Admit or refuse a request at a monotonic time in seconds."""
        while self._admitted and self._admitted[0] <= at - self._span_s:
            self._admitted.popleft()
        admitted = len(self._admitted) < self.limit
        if admitted:
            self._admitted.append(at)
        wait = 0.0 if admitted else self._admitted[0] + self._span_s - at
        return Verdict(admitted=admitted, remaining=self.limit - len(self._admitted), retry_after_s=wait)


@dataclass(slots=True)
class Traffic:
    """Keep note of requests."""

    arrivals: list[Arrival] = field(default_factory=list)
    """Every request, in order."""
    _failures: Counter[str] = field(default_factory=Counter)

    def count(self, arrival: Arrival) -> None:
        """Count a request."""
        self.arrivals.append(arrival)

    def count_failure(self, kind: str) -> None:
        """Count an injected failure."""
        self._failures[kind] += 1

    def forget(self) -> None:
        """Start counting anew."""
        self.arrivals = []
        self._failures = Counter()

    def stats(self) -> Stats:
        """Return the counts so far."""
        arrivals = self.arrivals
        return Stats(
            requests=len(arrivals),
            by_endpoint=dict(Counter(arrival.endpoint for arrival in arrivals)),
            refused=sum(arrival.refused for arrival in arrivals),
            most_in_one_second=most_in_one_second(arrival.at for arrival in arrivals),
            failures=dict(self._failures),
        )


def most_in_one_second(times: Iterable[float]) -> int:
    """Return how many of some times, which ascend, lie in the fullest window of one second."""
    window: deque[float] = deque()
    most = 0
    for at in times:
        window.append(at)
        while window[0] <= at - 1.0:
            window.popleft()
        most = max(most, len(window))
    return most
