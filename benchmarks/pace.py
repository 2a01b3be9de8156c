"""How fast requests arrived, computed from their times."""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sendtrail.simulator import Arrival
from sendtrail.simulator.traffic import most_in_one_second


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """The number of requests, and the seconds from the first to the last."""

    requests: int
    seconds: float
    refused: int
    most_in_one_second: int
    longest_pause_s: float

    @property
    def per_second(self) -> float:
        """Return how many requests arrived per second; the first one only starts the clock."""
        return (self.requests - 1) / self.seconds


def pace(arrivals: Sequence[Arrival]) -> Pace:
    """Return the pace of requests; there are at least two."""
    times = sorted(arrival.at for arrival in arrivals)
    return Pace(
        requests=len(times),
        seconds=times[-1] - times[0],
        refused=sum(arrival.refused for arrival in arrivals),
        most_in_one_second=most_in_one_second(times),
        longest_pause_s=max(later - earlier for earlier, later in pairwise(times)),
    )


def print_requests(scenario: str, arrivals: Sequence[Arrival]) -> None:
    """Print the requests by endpoint to stderr, so that wasted ones show."""
    by_endpoint = Counter(arrival.endpoint for arrival in arrivals)
    endpoints = ", ".join(f"{count:,} {endpoint}" for endpoint, count in by_endpoint.most_common())
    if len(arrivals) < 2:
        print(f"{scenario}: {len(arrivals)} requests ({endpoints})", file=sys.stderr)
        return
    seen = pace(arrivals)
    print(
        f"{scenario}: {seen.requests:,} requests in {seen.seconds:.1f} s, {seen.per_second:.1f} per second",
        f"at most {seen.most_in_one_second} in one, {seen.refused} refused, longest pause {seen.longest_pause_s:.2f} s",
        endpoints,
        sep="; ",
        file=sys.stderr,
    )
