"""Run seeds: each is a world of its own, and comes out the same every time."""

import gc
import logging
import random
from collections.abc import Container, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sendtrail.simulation.engine.faults import Faults, Happened
from sendtrail.simulation.engine.trace import Trace
from sendtrail.simulation.world import DAY_S, World


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How a seed came out; without problems it held what is promised."""

    seed: int
    problems: tuple[str, ...]
    happened: tuple[Happened, ...]
    hash: str
    requests: int
    switches: int
    days: float
    steps: tuple[tuple[float, str, str], ...] = ()


def simulate(
    seed: int, *, only: Container[Happened] | None = None, keeps_steps: bool = False, files: bool = False
) -> Outcome:
    """Run one seed, with all of its faults or `only` some of them; with `files`, on one machine's embedded adapters."""
    with _without_collections():
        return _simulate(seed, only=only, keeps_steps=keeps_steps, files=files)


def _simulate(seed: int, *, only: Container[Happened] | None, keeps_steps: bool, files: bool) -> Outcome:
    with TemporaryDirectory() if files else nullcontext("") as folder:
        world = World(
            seed=seed,
            faults=Faults(seed, only),
            trace=Trace(keeps_steps=keeps_steps),
            folder=Path(folder) if files else None,
        )
        with _same_jitter(seed), _watched_log(world):
            world.live()
    return Outcome(
        seed=seed,
        problems=tuple(world.problems),
        happened=tuple(world.faults.happened),
        hash=world.trace.hash,
        requests=world.requests,
        switches=world.scheduler.switches,
        days=world.scheduler.now / DAY_S,
        steps=tuple(world.trace.steps or ()),
    )


@contextmanager
def _same_jitter(seed: int) -> Iterator[None]:
    """Let libraries that draw from the module's own generator draw the same."""
    before = random.getstate()
    random.seed(f"{seed}: jitter")
    try:
        yield
    finally:
        random.setstate(before)


@contextmanager
def _without_collections() -> Iterator[None]:
    """Leave cyclic garbage until the end: looking for it again and again takes a sixth of a world's time.

    What still exists at the end is never looked at again, so that nothing of a world may be referred to by then.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    gc.freeze()  # what was there before is not looked at
    try:
        yield
    finally:
        while gc.collect():  # a task that never came to its end is torn down by one, and its objects are by the next
            pass
        gc.unfreeze()
        if was_enabled:
            gc.enable()


class _SecretWatch(logging.Handler):
    """Looks for an account's key in what is logged."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
        self._keys = {tenant.account.api_key for tenant in world.tenants}

    def emit(self, record: logging.LogRecord) -> None:
        """Note a problem where the key is in a record."""
        if any(key in text for text in _texts(record) for key in self._keys):
            self._world.problems.append(f"the key is in the log: {record.name}")


def _texts(record: logging.LogRecord) -> Iterator[str]:
    """Yield what may be written of a record; the lines of source in a traceback hold no key."""
    yield record.getMessage()
    yield repr(record.__dict__)
    error = record.exc_info[1] if record.exc_info else None
    while error is not None:
        yield f"{error!r} {error}"
        error = error.__cause__ or error.__context__


@contextmanager
def _watched_log(world: World) -> Iterator[None]:
    logger, watch = logging.getLogger("sendtrail"), _SecretWatch(world)
    before, level = logger.propagate, logger.level
    logger.addHandler(watch)
    logger.propagate = False
    logger.setLevel(logging.INFO)  # as the functions log
    try:
        yield
    finally:
        logger.propagate = before
        logger.setLevel(level)
        logger.removeHandler(watch)
