"""A month's bill: what was used of each unit, and what of it costs something."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sendtrail.pricing.unit_prices import PRICES, Unit

Usage = Mapping[Unit, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class BillLine:
    """A unit, how much of it is used, and what that costs beyond what is free."""

    unit: Unit
    used: float
    dollars: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Bill:
    """The lines of a month."""

    lines: Sequence[BillLine]

    @property
    def dollars(self) -> float:
        """Return what the month costs."""
        return sum(line.dollars for line in self.lines)


def bill(usage: Usage, *, has_free_tier: bool = True) -> Bill:
    """Return the bill of a month; free tiers count once per billing account, which other projects may use up."""
    free = {price.pool or unit: price.free * has_free_tier for unit, price in PRICES.items()}
    lines = []
    for unit, price in PRICES.items():
        pool = price.pool or unit
        used = usage.get(unit, 0.0)
        spared = min(used, free[pool])
        free[pool] -= spared
        lines.append(BillLine(unit=unit, used=used, dollars=(used - spared) / price.per * price.dollars))
    return Bill(lines=lines)
