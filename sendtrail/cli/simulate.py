"""`sendtrail simulate`: the whole pipeline in simulated worlds, one per seed."""

import os
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import count, islice
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from sendtrail.plurals import counted
from sendtrail.simulation.engine.faults import Happened
from sendtrail.simulation.minimise import minimised
from sendtrail.simulation.run import Outcome
from sendtrail.simulation.run import simulate as run_seed
from sendtrail.simulation.story import story

FAILURE = 1
SECONDS_PER_HOUR = 3_600
SEEDS_AHEAD = 8  # a process, so that none waits for one whose world takes longer


def simulate(
    *,
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds to run, one after the other.")] = 100,
    first: Annotated[int, typer.Option(min=0, help="The first of them.")] = 1,
    seed: Annotated[int | None, typer.Option(min=0, help="Run this seed alone, and tell its story.")] = None,
    minimise: Annotated[
        bool, typer.Option("--minimise", help="With --seed: find the fewest faults with which it still fails.")
    ] = False,
    minutes: Annotated[
        float, typer.Option(min=0, help="With --minimise: tell the fewest that were found so far after so long.")
    ] = 10,
    hours: Annotated[float | None, typer.Option(min=0, help="Run new seeds for so long, rather than so many.")] = None,
    files: Annotated[
        bool, typer.Option("--files", help="On one machine: state and rows in a DuckDB file, and kills of all at once.")
    ] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes to run them in; one per core by default.")] = None,
) -> None:
    """Run the functions as deployed in simulated worlds, and check that nothing is lost and nothing stored twice.

    A seed decides everything: the account and its people, the network, the queue, the state store, the warehouse,
    crashes, frozen processes, wrong clocks and what operators do. The same seed comes out the same every time, to the
    hash that is printed. Exit code: 0 when every seed holds what is promised, 1 when one does not.
    """
    console = Console(soft_wrap=True, highlight=False)
    if seed is not None:
        _tell(console, partial(run_seed, seed, files=files), minimise_for_s=minutes * 60 if minimise else 0)
        return
    end = None if hours is None else time.monotonic() + hours * SECONDS_PER_HOUR
    run = partial(run_seed, files=files)
    failed, total = [], 0
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("seeds", total=seeds if end is None else None)
        for outcome in _outcomes(run, first, None if end else seeds, jobs=jobs or os.cpu_count() or 1):
            bar.advance(task)
            total += 1
            if outcome.problems:
                failed.append(outcome)
                _print_problems(console, outcome)
            if end is not None and time.monotonic() >= end:
                break
    console.print(f"{counted(total, 'seed')} from {first}: {total - len(failed):,} hold, {len(failed):,} do not.")
    if failed:
        raise typer.Exit(FAILURE)


def _outcomes(run: Callable[[int], Outcome], first: int, seeds: int | None, *, jobs: int) -> Generator[Outcome]:
    """Yield how seeds came out, in their order, and begin with none any more once nobody asks for more."""
    numbers = islice(count(first), seeds)
    if jobs == 1:
        yield from map(run, numbers)
        return
    with ProcessPoolExecutor(jobs) as pool:
        waiting = deque(pool.submit(run, number) for number in islice(numbers, jobs * SEEDS_AHEAD))
        try:
            while waiting:
                outcome = waiting.popleft().result()
                waiting.extend(pool.submit(run, number) for number in islice(numbers, 1))
                yield outcome
        finally:
            pool.shutdown(cancel_futures=True)


def _tell(console: Console, run: Callable[..., Outcome], *, minimise_for_s: float) -> None:
    outcome = run(keeps_steps=True)
    if minimise_for_s and outcome.problems:
        outcome = _minimised(console, run, outcome, end=time.monotonic() + minimise_for_s)
    for line in story(outcome.steps):
        console.print(line, markup=False)
    console.print(f"\nfaults: {', '.join(f'{kind} (no. {number})' for kind, number in outcome.happened) or 'none'}")
    console.print(f"{counted(outcome.requests, 'request')} in {outcome.days:.1f} days; hash {outcome.hash}")
    _print_problems(console, outcome)
    if outcome.problems:
        raise typer.Exit(FAILURE)


def _minimised(console: Console, run: Callable[..., Outcome], outcome: Outcome, *, end: float) -> Outcome:
    def fails(some: Sequence[Happened]) -> bool:
        return bool(run(only=frozenset(some)).problems)

    fewest = minimised(outcome.happened, fails, has_time=lambda: time.monotonic() < end)
    if time.monotonic() >= end:
        console.print(f"The time is up: fewer than these {len(fewest)} faults may be enough (--minutes).")
    return run(only=frozenset(fewest), keeps_steps=True)


def _print_problems(console: Console, outcome: Outcome) -> None:
    for problem in outcome.problems:
        console.print(f"seed {outcome.seed}: {problem}", markup=False)
