"""Locks, events and pools whose waiting is the scheduler's: what the code under test gets instead of threads."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError
from contextlib import AbstractContextManager
from contextvars import Context, copy_context
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from sendtrail.simulation.engine.scheduler import Scheduler, Task

T = TypeVar("T")


class VirtualThreads:
    """Satisfies Threads on a scheduler."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler

    def lock(self) -> AbstractContextManager[object]:
        """Return a lock that is free."""
        return VirtualLock(self._scheduler)

    def event(self) -> "VirtualEvent":
        """Return an event that is not set."""
        return VirtualEvent(self._scheduler)

    def pool(self, workers: int, *, name: str) -> "VirtualPool":
        """Return a pool of up to `workers` tasks."""
        return VirtualPool(self._scheduler, workers=workers, name=name)

    def start(self, call: Callable[[], None], *, name: str) -> "VirtualThread":
        """Start a task that runs a call in a copy of this context."""
        return VirtualThread(self._scheduler, call, name=name)


class VirtualLock:
    """A lock: one task holds it, the others wait in line."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._holder: Task | None = None
        self._waiting: deque[Task] = deque()

    def __enter__(self) -> Self:
        """Take it as soon as it is free."""
        while self._holder is not None:
            self._waiting.append(self._scheduler.current)
            self._scheduler.wait()
        self._holder = self._scheduler.current
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Free it."""
        self._holder = None
        if self._waiting:
            self._scheduler.wake(self._waiting.popleft())


class VirtualEvent:
    """A flag that tasks can wait for."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._is_set = False
        self._waiting: list[Task] = []

    def is_set(self) -> bool:
        """Return whether it is set."""
        return self._is_set

    def set(self) -> None:
        """Set it, and let everybody who waits for it go on."""
        self._is_set = True
        waiting, self._waiting = self._waiting, []
        for task in waiting:
            self._scheduler.wake(task)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is set, `timeout` virtual seconds at most; return whether it is."""
        if not self._is_set:
            self._waiting.append(self._scheduler.current)
            self._scheduler.wait(timeout)
        return self._is_set


class VirtualThread:
    """A task that can be waited for."""

    def __init__(self, scheduler: Scheduler, call: Callable[[], None], *, name: str) -> None:
        self._ended = VirtualEvent(scheduler)
        self._call = call
        scheduler.spawn(self._run, name=name)

    def join(self) -> None:
        """Wait for its end."""
        self._ended.wait()

    def _run(self) -> None:
        try:
            self._call()
        finally:
            self._ended.set()


class VirtualFuture(Generic[T]):
    """What a call that runs in a pool will return."""

    def __init__(self, scheduler: Scheduler, call: Callable[[], T]) -> None:
        self._call = call
        self._ended = VirtualEvent(scheduler)
        self._found: list[T] = []
        self._error: BaseException | None = None

    def wait(self) -> None:
        """Wait for the call to end."""
        self._ended.wait()

    def result(self) -> T:
        """Wait for the call to end; return what it returned, or raise what it raised."""
        self.wait()
        if self._error is not None:
            raise self._error
        return self._found[0]

    def cancel(self) -> None:
        """Let whoever waits for it see that it never ran."""
        self._error = CancelledError()
        self._ended.set()

    def run(self) -> None:
        """Run the call."""
        try:
            self._found.append(self._call())
        except BaseException as error:  # noqa: BLE001 - it is for the one who waits
            self._error = error
        finally:
            self._ended.set()


class VirtualPool:
    """Tasks that run calls in the order in which they were submitted, as many at once as there are workers."""

    def __init__(self, scheduler: Scheduler, *, workers: int, name: str) -> None:
        self._scheduler, self._free, self._name = scheduler, workers, name
        self._waiting: deque[tuple[Context, VirtualFuture[Any]]] = deque()
        self._running: list[VirtualFuture[Any]] = []

    def submit(self, call: Callable[..., T], /, *arguments: Any) -> VirtualFuture[T]:
        """Run a call in a copy of this context as soon as a worker is free."""
        future = VirtualFuture(self._scheduler, lambda: call(*arguments))
        self._waiting.append((copy_context(), future))
        self._start_next()
        return future

    def shutdown(self, *, wait: bool, cancel_futures: bool = False) -> None:
        """Cancel calls that have not begun, or wait for all, where that is asked for."""
        if cancel_futures:
            for _, future in self._waiting:
                future.cancel()
            self._waiting.clear()
        while wait and (self._running or self._waiting):
            self._running[0].wait()

    def _start_next(self) -> None:
        if self._free and self._waiting:
            self._free -= 1
            context, future = self._waiting.popleft()
            self._running.append(future)
            context.run(lambda: self._scheduler.spawn(lambda: self._run(future), name=self._name))

    def _run(self, future: VirtualFuture[Any]) -> None:
        try:
            future.run()
        finally:
            self._free += 1
            self._running.remove(future)
            self._start_next()
