"""Which fleet lives, for how long, and what is wrong with some of its accounts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.fleet.account import Shape
from benchmarks.fleet.troubles import Trouble

HOUR_S = 3_600.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A fleet of so many accounts, dispatched every so many hours, for so many hours, in so many groups.

    After the last dispatch it is watched until all is done, for `watch_s` at most, which is by default the time to the
    next one. `troubles` are by the number of the account, from 0 on.
    """

    accounts: int
    shape: Shape = field(default_factory=Shape)
    every_h: int = 6
    hours: int = 24
    groups: int = 1
    seed: int = 1
    watch_s: float | None = None
    troubles: Mapping[int, Trouble] = field(default_factory=dict)

    @property
    def watched_s(self) -> float:
        """Return for how long after the last dispatch the fleet is watched at most."""
        return self.every_h * HOUR_S if self.watch_s is None else self.watch_s
