"""The requests that an account has seen, and the strict limit on their rate."""

from collections import Counter, deque
from dataclasses import dataclass, field


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
    """Count requests."""

    _by_endpoint: Counter[str] = field(default_factory=Counter)
    _failures: Counter[str] = field(default_factory=Counter)
    _refused: int = 0
    _most: int = 0
    _window: deque[float] = field(default_factory=deque)

    def count(self, endpoint: str, at: float) -> None:
        """Count a request at a monotonic time in seconds."""
        self._by_endpoint[endpoint] += 1
        self._window.append(at)
        while self._window[0] <= at - 1.0:
            self._window.popleft()
        self._most = max(self._most, len(self._window))

    def count_refusal(self) -> None:
        """Count a request that broke the rate."""
        self._refused += 1

    def count_failure(self, kind: str) -> None:
        """Count an injected failure."""
        self._failures[kind] += 1

    def stats(self) -> Stats:
        """Return the counts so far."""
        return Stats(
            requests=self._by_endpoint.total(),
            by_endpoint=dict(self._by_endpoint),
            refused=self._refused,
            most_in_one_second=self._most,
            failures=dict(self._failures),
        )
