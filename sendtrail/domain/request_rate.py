"""How many requests per second an account allows, and which of them go first."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

# Requests are sent this much further apart than the limit asks for: a strict sliding window of 1 s counts n + 1 of n
# requests per second as soon as the network delays them by differences of more than this share of the window.
HEADROOM = 0.05


class Priority(StrEnum):
    """Which work a request belongs to."""

    INCREMENTAL = "news"
    BACKGROUND = "background"


@dataclass(frozen=True, kw_only=True, slots=True)
class RateLimit:
    """An account's limit in requests per second, and the share of it that is kept free for others (0 to below 1)."""

    requests_per_second: float
    share_kept_free: float = 0.0

    @property
    def per_second(self) -> float:
        """Return how many requests per second are left for Sendtrail."""
        return self.requests_per_second * (1 - self.share_kept_free)

    def interval(self, limit: float | None = None) -> timedelta:
        """Return the time between two requests; `limit` is the one that the account names, which may be lower."""
        allowed = min(self.requests_per_second, limit or self.requests_per_second)
        return timedelta(seconds=(1 + HEADROOM) / (allowed * (1 - self.share_kept_free)))
