"""The only place that starts threads and makes what they wait for, so that a simulation can run them one at a time.

    pool = threads.pool(4, name="page")
    future = pool.submit(fetch, 7)

What is made in a block of `using` is the simulation's; everywhere else it is the operating system's.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar, copy_context
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Future(Protocol[T_co]):
    """What a call that runs in a pool will return."""

    def result(self) -> T_co:
        """Wait for the call to end; return what it returned, or raise what it raised."""
        ...


class Pool(Protocol):
    """Threads that run calls in the order in which they are submitted, as many at once as there are threads."""

    def submit(self, call: Callable[..., T], /, *arguments: Any) -> Future[T]:
        """Run a call in a copy of this context as soon as a thread is free."""
        ...

    def shutdown(self, *, wait: bool, cancel_futures: bool = False) -> None:
        """Take no further calls; cancel those that have not begun, or wait for all, where that is asked for."""
        ...


class Event(Protocol):
    """A flag that threads can wait for."""

    def is_set(self) -> bool:
        """Return whether it is set."""
        ...

    def set(self) -> None:
        """Set it, and let everybody who waits for it go on."""
        ...

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is set, `timeout` seconds at most; return whether it is."""
        ...


class Thread(Protocol):
    """A thread that runs a call."""

    def join(self) -> None:
        """Wait for its end."""
        ...


class Threads(Protocol):
    """Who runs the threads: the operating system, or a simulation."""

    def lock(self) -> AbstractContextManager[object]:
        """Return a lock that is free."""
        ...

    def event(self) -> Event:
        """Return an event that is not set."""
        ...

    def pool(self, workers: int, *, name: str) -> Pool:
        """Return a pool of up to `workers` threads."""
        ...

    def start(self, call: Callable[[], None], *, name: str) -> Thread:
        """Start a thread that runs a call in a copy of this context, and that ends with the process."""
        ...


class SystemThreads:
    """The operating system's threads."""

    def lock(self) -> AbstractContextManager[object]:
        """Return a lock that is free."""
        return threading.Lock()

    def event(self) -> Event:
        """Return an event that is not set."""
        return threading.Event()

    def pool(self, workers: int, *, name: str) -> Pool:
        """Return a pool of up to `workers` threads."""
        return _SystemPool(ThreadPoolExecutor(max_workers=workers, thread_name_prefix=name))

    def start(self, call: Callable[[], None], *, name: str) -> Thread:
        """Start a thread that runs a call in a copy of this context, and that ends with the process."""
        thread = threading.Thread(target=copy_context().run, args=(call,), name=name, daemon=True)
        thread.start()
        return thread


class _SystemPool:
    def __init__(self, executor: ThreadPoolExecutor) -> None:
        self._executor = executor

    def submit(self, call: Callable[..., T], /, *arguments: Any) -> Future[T]:
        return self._executor.submit(copy_context().run, call, *arguments)

    def shutdown(self, *, wait: bool, cancel_futures: bool = False) -> None:
        self._executor.shutdown(wait=wait, cancel_futures=cancel_futures)


_current: ContextVar[Threads] = ContextVar("threads", default=SystemThreads())  # noqa: B039 - it has no state


@contextmanager
def using(threads: Threads) -> Iterator[None]:
    """Let what is made in this block, and in threads that it starts, be made by `threads`."""
    token = _current.set(threads)
    try:
        yield
    finally:
        _current.reset(token)


def lock() -> AbstractContextManager[object]:
    """Return a lock that is free."""
    return _current.get().lock()


def event() -> Event:
    """Return an event that is not set."""
    return _current.get().event()


def pool(workers: int, *, name: str) -> Pool:
    """Return a pool of up to `workers` threads, to be shut down by the caller."""
    return _current.get().pool(workers, name=name)


def start(call: Callable[[], None], *, name: str) -> Thread:
    """Start a thread that runs a call in a copy of this context, and that ends with the process."""
    return _current.get().start(call, name=name)
