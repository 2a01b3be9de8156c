"""Data-driven attribution of 200,000 paths through 300 campaigns: the time and memory of both models with intervals."""

import random
import resource
from collections import Counter
from itertools import groupby
from time import process_time

from benchmarks.figures import Figure
from benchmarks.memory import MEBIBYTE_KIB
from sendtrail.attribution.data_driven.bootstrap import Draws
from sendtrail.attribution.data_driven.campaign_credits import Terms, campaign_credits
from sendtrail.attribution.data_driven.paths import MIN_CONVERSIONS, PathCount

PATHS, CAMPAIGNS, RESAMPLES = 200_000, 300, 200
# Of the paths; and the steps of a path beyond its first, on average.
CONVERTING, FURTHER_STEPS, MAX_STEPS = 0.05, 1.7, 10


def measure() -> list[Figure]:
    """Return the processor time of all of it, and what it added to the peak memory of this process."""
    paths = drawn_paths(random.Random(1))
    before, started = _peak_kib(), process_time()
    terms = Terms(order=1, draws=Draws(times=RESAMPLES, seed=0), min_conversions=MIN_CONVERSIONS)
    found = campaign_credits(paths, terms)
    return [
        _figure("different paths", len(paths), unit=""),
        _figure("credits", len(found), unit=""),
        _figure("processor time", process_time() - started, unit=" s", target=120),
        _figure("added to the peak of memory", (_peak_kib() - before) / MEBIBYTE_KIB, unit=" MiB", target=500),
    ]


def drawn_paths(chance: random.Random) -> list[PathCount]:
    """Return paths in which some campaigns are much more frequent than others."""
    weights = [1 / (number + 5) for number in range(CAMPAIGNS)]
    outcomes: dict[bool, Counter[tuple[int, ...]]] = {True: Counter(), False: Counter()}
    for _ in range(PATHS):
        steps = min(MAX_STEPS, 1 + int(chance.expovariate(1 / FURTHER_STEPS)))
        path = tuple(step for step, _ in groupby(chance.choices(range(CAMPAIGNS), weights, k=steps)))
        outcomes[chance.random() < CONVERTING][path] += 1
    return [
        PathCount(campaigns=path, converted=outcomes[True][path], unconverted=outcomes[False][path])
        for path in sorted(outcomes[True].keys() | outcomes[False].keys())
    ]


def _peak_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _figure(name: str, value: float, *, unit: str, target: float | None = None) -> Figure:
    return Figure(scenario="data_driven", name=name, value=value, unit=unit, target=target)
