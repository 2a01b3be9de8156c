"""Compare what a warehouse holds with what an account holds: exactly, row by row."""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Diff:
    """How many things were expected and found, and how many are missing, unexpected or stored more than once."""

    expected: int
    found: int
    missing: int
    extra: int
    twice: int

    @property
    def holds(self) -> bool:
        """Return whether both hold exactly the same, once each."""
        return not (self.missing or self.extra or self.twice)


def compare(expected: Iterable[Hashable], found: Iterable[Hashable]) -> Diff:
    """Return how what was found differs from what was expected; things are compared by value."""
    wanted, there = set(expected), Counter(found)
    return Diff(
        expected=len(wanted),
        found=there.total(),
        missing=len(wanted - there.keys()),
        extra=len(there.keys() - wanted),
        twice=sum(1 for times in there.values() if times > 1),
    )
