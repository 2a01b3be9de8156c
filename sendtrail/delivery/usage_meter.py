"""What a block of work takes, wherever below it that is done: counted where it happens, added up where it matters."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sendtrail import threads
from sendtrail.state.run_usage import NO_USAGE, RunUsage

TOO_MANY_REQUESTS = 429


class UsageMeter:
    """Adds up usage; any thread may add to it. What is added counts in the meters of the blocks around, too."""

    def __init__(self, around: "UsageMeter | None" = None) -> None:
        self._lock, self._around = threads.lock(), around
        self._used = NO_USAGE

    def add(self, usage: RunUsage) -> None:
        """Add to it."""
        with self._lock:
            self._used = self._used.plus(usage)
        if self._around is not None:
            self._around.add(usage)

    def take(self) -> RunUsage:
        """Return what was added since this was last called."""
        with self._lock:
            used, self._used = self._used, NO_USAGE
        return used

    def put_back(self, usage: RunUsage) -> None:
        """Add what was taken and could not be stored; blocks around have it already."""
        with self._lock:
            self._used = self._used.plus(usage)


# A context variable: threads that run in a copy of this context add to the same meter.
_meter: ContextVar[UsageMeter | None] = ContextVar("usage_meter", default=None)


@contextmanager
def metered() -> Iterator[UsageMeter]:
    """Yield a meter of what this block takes, threads that run in a copy of its context included."""
    meter = UsageMeter(_meter.get())
    token = _meter.set(meter)
    try:
        yield meter
    finally:
        _meter.reset(token)


def add_usage(usage: RunUsage) -> None:
    """Count what was used for the block that this is done in; nothing outside of one."""
    meter = _meter.get()
    if meter is not None:
        meter.add(usage)


def add_response(status: int) -> None:
    """Count an answer of the account."""
    add_usage(RunUsage(requests=1, throttled_requests=int(status == TOO_MANY_REQUESTS)))


def take_usage() -> RunUsage:
    """Return what the block that this is called in took since this was last called."""
    meter = _meter.get()
    return NO_USAGE if meter is None else meter.take()


def put_back_usage(usage: RunUsage) -> None:
    """Return what was taken and could not be stored."""
    meter = _meter.get()
    if meter is not None:
        meter.put_back(usage)
