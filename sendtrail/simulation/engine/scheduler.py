"""Tasks that run one at a time on virtual time: which one goes next is drawn, and so the same for the same seed."""

import heapq
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Protocol

from greenlet import GreenletExit, getcurrent, greenlet

MAX_SWITCHES = 300_000
"""Far more than any world takes: something goes on and on."""


class Owner(Protocol):
    """What tasks belong to: a process, which may be dead, or frozen until some time."""

    @property
    def is_alive(self) -> bool:
        """Return whether its tasks go on."""
        ...

    @property
    def frozen_until(self) -> float:
        """Return until when, in virtual seconds, none of its tasks goes on."""
        ...


@dataclass(eq=False, slots=True, kw_only=True)
class Task:
    """Something that runs on its own: its name, and whose it is (None: the world's)."""

    name: str
    owner: Owner | None
    greenlet: greenlet
    wait: int = 0
    """The number of its current wait: whoever wakes it names that, so that nobody wakes it from another one."""
    is_waiting: bool = False
    timed_out: bool = False


# When it rings, a number that no other one has, whom it wakes, and from which of its waits. A plain tuple, as these are
# compared all the time.
_Timer = tuple[float, int, Task, int]


class Scheduler:
    """Runs tasks; `now` is the virtual time, in seconds since the beginning."""

    def __init__(self, random: Random) -> None:
        self.now = 0.0
        self.switches = 0
        self._random = random
        self._ready: list[Task] = []
        self._timers: list[_Timer] = []
        self._tasks: list[Task] = []
        self._numbers = count()
        self._hub = getcurrent()
        self._current: Task | None = None
        self._is_closed = False

    @property
    def current(self) -> Task:
        """Return the task that is running; raise LookupError where none is."""
        if self._current is None:
            raise LookupError("no task is running")
        return self._current

    def spawn(self, call: Callable[[], object], *, name: str, owner: Owner | None = None) -> Task:
        """Start a task in a copy of this context; without an owner it belongs to whom the running task does."""
        if owner is None and self._current is not None:
            owner = self._current.owner
        branch = greenlet(call, parent=self._hub)
        branch.gr_context = copy_context()
        task = Task(name=name, owner=owner, greenlet=branch)
        self._tasks.append(task)
        self._ready.append(task)
        return task

    def pause(self) -> None:
        """Let others go first, perhaps."""
        task = self.current
        if self._ready or not _may_run(task, self.now):
            self._ready.append(task)
            self._switch()

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""
        if seconds > 0:
            self.wait(seconds)
        else:
            self.pause()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until somebody wakes this task, `seconds` at most; return whether somebody did."""
        task = self.current
        task.wait += 1
        task.is_waiting, task.timed_out = True, False
        if seconds is not None:
            heapq.heappush(self._timers, (self.now + seconds, next(self._numbers), task, task.wait))
        self._switch()
        return not task.timed_out

    def wake(self, task: Task) -> None:
        """Let a task go on that waits; do nothing where it does not."""
        if task.is_waiting:
            task.is_waiting = False
            self._ready.append(task)

    def run(self, *, until: float, while_: Callable[[], bool] = lambda: True) -> None:
        """Run tasks until a time has come and all that is due has run, or `while_()` returns False."""
        while while_():
            if self._ready:
                self._run_one()
            elif self._timers and self._timers[0][0] <= until:
                self._ring(heapq.heappop(self._timers))
            else:
                self.now = max(self.now, until)
                return

    def close(self) -> None:
        """End every task, wherever it is."""
        self._is_closed = True
        for task in self._tasks:
            if not task.greenlet.dead:
                self._current = task  # what it tidies up may take a lock
                task.greenlet.throw(GreenletExit)
        self._current = None
        self._tasks.clear()

    def _run_one(self) -> None:
        if len(self._ready) > 1:
            position = int(self._random.random() * len(self._ready))
            self._ready[position], self._ready[-1] = self._ready[-1], self._ready[position]
        task = self._ready.pop()
        if task.owner is not None and not task.owner.is_alive:
            return
        if task.owner is not None and task.owner.frozen_until > self.now:
            heapq.heappush(self._timers, (task.owner.frozen_until, next(self._numbers), task, -1))
            return
        self.switches += 1
        if self.switches > MAX_SWITCHES:
            raise RuntimeError(f"a world does not come to its end: {task.name} is one of those that go on")
        self._current = task
        try:
            task.greenlet.switch()
        finally:
            self._current = None

    def _ring(self, timer: _Timer) -> None:
        at, _, task, wait = timer
        self.now = max(self.now, at)
        if wait < 0:  # its process was frozen
            self._ready.append(task)
        elif task.is_waiting and task.wait == wait:
            task.timed_out = True
            self.wake(task)

    def _switch(self) -> None:
        if self._is_closed:
            raise GreenletExit
        self._hub.switch()
        if self._is_closed:
            raise GreenletExit


def _may_run(task: Task, now: float) -> bool:
    return task.owner is None or (task.owner.is_alive and task.owner.frozen_until <= now)
