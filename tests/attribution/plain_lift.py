"""What a holdout shows, in plain Python: written from docs/attribution.md, for the views to be compared with."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from statistics import fmean, variance

Z = 1.959963984540054
LEAST_BUYERS = 10
# Student's quantile at 97.5 % by degrees of freedom, from a table; between them it is interpolated by 1 / degrees.
QUANTILES = {9: 2.262157, 10: 2.228139, 12: 2.178813, 15: 2.131450, 20: 2.085963, 30: 2.042272, 60: 2.000298, 10**9: Z}


@dataclass(frozen=True, kw_only=True, slots=True)
class Lift:
    """The averages of both groups, and the interval of their difference."""

    held_out: float
    mailed: float
    interval: tuple[float, float] | None


def wilson(successes: int, number: int) -> tuple[float, float]:
    """Return the interval of a share: where the share lies within Z standard errors of what it is compared with."""
    share, z2 = Fraction(successes, number), Fraction(Z) ** 2
    middle = share + z2 / (2 * number)
    reach = sqrt(z2 * share * (1 - share) / number + z2**2 / (4 * number**2))
    whole = 1 + z2 / number
    return float((middle - Fraction(reach)) / whole), float((middle + Fraction(reach)) / whole)


def rate_lift(held_out: Sequence[bool], mailed: Sequence[bool]) -> Lift:
    """Return the shares of those who converted, and Newcombe's interval."""
    p, q = sum(mailed) / len(mailed), sum(held_out) / len(held_out)
    low_p, high_p = wilson(sum(mailed), len(mailed))
    low_q, high_q = wilson(sum(held_out), len(held_out))
    low = p - q - sqrt((p - low_p) ** 2 + (high_q - q) ** 2)
    high = p - q + sqrt((high_p - p) ** 2 + (q - low_q) ** 2)
    return Lift(held_out=q, mailed=p, interval=(low, high))


def value_lift(held_out: Sequence[float | None], mailed: Sequence[float | None]) -> Lift:
    """Return the averages of what each spent, None being nothing, and Welch's interval if enough bought."""
    spent = [[each or 0.0 for each in group] for group in (held_out, mailed)]
    averages = [fmean(group) for group in spent]
    if min(sum(each is not None for each in group) for group in (held_out, mailed)) < LEAST_BUYERS:
        return Lift(held_out=averages[0], mailed=averages[1], interval=None)
    errors = [variance(group) / len(group) for group in spent]
    spread = sum(error**2 / (len(group) - 1) for error, group in zip(errors, spent, strict=True))
    if not spread:
        return Lift(held_out=averages[0], mailed=averages[1], interval=None)
    reach = quantile(sum(errors) ** 2 / spread) * sqrt(sum(errors))
    difference = averages[1] - averages[0]
    return Lift(held_out=averages[0], mailed=averages[1], interval=(difference - reach, difference + reach))


def quantile(degrees: float) -> float:
    """Return Student's quantile at 97.5 %."""
    below = max(each for each in QUANTILES if each <= degrees * (1 + 1e-9))
    above = min((each for each in QUANTILES if each > below), default=below)
    if above == below:
        return QUANTILES[below]
    weight = (1 / below - 1 / degrees) / (1 / below - 1 / above)
    return QUANTILES[below] * (1 - weight) + QUANTILES[above] * weight


def spent_by(orders: Sequence[Mapping[str, str]], currency: str) -> Mapping[str, float]:
    """Return what each contact spent in a currency."""
    sums: defaultdict[str, float] = defaultdict(float)
    for order in orders:
        if order["currency"] == currency:
            sums[order["email"]] += float(order["value"])
    return sums
