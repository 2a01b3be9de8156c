"""How much of the account's budget is used while there is work, and whether its limit is ever exceeded."""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import sequential
from benchmarks.account import Options, SimulatedAccount, simulated
from benchmarks.figures import Figure
from benchmarks.pace import Pace, pace, print_requests
from benchmarks.syncing import Usage, sync

RATE = 50
# 30 ms, give or take 20: half of it on the way in, half on the way out.
NETWORK = {"rate": RATE, "latency_ms": 10, "jitter_ms": 40}
WORKERS = (1, 2, 4, 8)
# About 1,500 requests of reports and 100 of contacts, half a minute of work: beside it, the time at its start and
# end in which no request can be made (listing the campaigns, publishing the messages) hardly counts.
SIZES = {"campaigns": 10, "openers": 9_000}
SEQUENTIAL_S = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Paced:
    """The pace of a sync, and the resources that its process used."""

    pace: Pace
    usage: Usage

    @property
    def processor_ms(self) -> float:
        """Return the processor's time per request, the start of the process included."""
        return 1_000 * self.usage.processor_s / self.pace.requests


def measure() -> list[Figure]:
    """Return how much of the limit each number of workers uses, and how many times a sequential reader's share."""
    syncs = {workers: of_workers(workers) for workers in WORKERS}
    sequentially = of_sequential_reader()
    figures = [figure for workers, seen in syncs.items() for figure in _figures(workers, seen)]
    least = min(seen.pace.per_second for seen in syncs.values())
    return [
        *figures,
        _figure("sequential reader, budget used", sequentially.per_second / RATE),
        _figure("times the sequential reader", least / sequentially.per_second, target=2.0),
    ]


def of_workers(workers: int, *, sizes: Options = SIZES) -> Paced:
    """Sync everything, contacts too, and return the pace from the first request to the last."""
    with simulated({**NETWORK, **sizes}) as account, tempfile.TemporaryDirectory() as folder:
        options = ["--all", "--concurrency", str(workers), "--requests-per-second", str(RATE)]
        usage = sync(account.url, Path(folder) / "bench.duckdb", *options)
        return Paced(pace=_pace_of(f"budget, {workers} workers", account), usage=usage)


def of_sequential_reader(*, sizes: Options = SIZES, seconds: float = SEQUENTIAL_S) -> Pace:
    """Return the pace of a reader that fetches, parses, inserts and sleeps, one page after the other."""
    with simulated({**NETWORK, **sizes}) as account, tempfile.TemporaryDirectory() as folder:
        ends = time.monotonic() + seconds
        sequential.read(account.url, Path(folder) / "bench.sqlite", rate=RATE, until=lambda: time.monotonic() > ends)
        return _pace_of("budget, sequential reader", account)


def _pace_of(what: str, account: SimulatedAccount) -> Pace:
    arrivals = account.arrivals()
    print_requests(what, arrivals)
    return pace(arrivals)


def _figures(workers: int, seen: Paced) -> Iterator[Figure]:
    label, measured = f"{workers} worker{'s' if workers > 1 else ''}", seen.pace
    yield _figure(f"{label}, budget used", measured.per_second / RATE, target=0.92)
    yield Figure(scenario="budget", name=f"{label}, requests refused (429)", value=measured.refused, target=0)
    yield Figure(scenario="budget", name=f"{label}, most in one second", value=measured.most_in_one_second, target=RATE)
    yield Figure(scenario="budget", name=f"{label}, processor per request", value=seen.processor_ms, unit=" ms")


def _figure(name: str, value: float, *, target: float | None = None) -> Figure:
    return Figure(scenario="budget", name=name, value=value, target=target, bound="at least")
