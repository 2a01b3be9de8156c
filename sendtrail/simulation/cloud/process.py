"""A process of the simulated cloud: it has a clock of its own, may be frozen for a while, and may die at any step."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sendtrail.ports import Document
from sendtrail.simulation.engine.faults import Fault, Faults
from sendtrail.simulation.engine.scheduler import Scheduler
from sendtrail.simulation.engine.trace import Trace

START = datetime(2025, 6, 1, 12, tzinfo=UTC)
# A frozen process is away for longer than any lease or acknowledgement deadline.
FROZEN_S = 1_500.0


@dataclass(eq=False, kw_only=True)
class Process:
    """One instance of a function; its tasks stop for good when it dies, wherever they are."""

    name: str
    scheduler: Scheduler
    faults: Faults
    trace: Trace
    clock_is_off: timedelta = timedelta(0)
    writes: Callable[[Document], Document] | None = None
    """How a document looks that another version of the code stores; None for this one."""
    publishes: Callable[[bytes], bytes] | None = None
    """And a message."""
    on_death: Callable[[], None] | None = None
    """What goes down with it, where processes are parts of one."""
    on_request: Callable[[], None] | None = None
    """Who looks at each request that it sends to an account."""
    is_alive: bool = True
    frozen_until: float = 0.0

    @property
    def takes_messages(self) -> bool:
        """Return whether it is there to work: alive, not frozen, and not of a version whose roll-out is over."""
        is_over = self.faults.is_calm and self.writes is not None
        return self.is_alive and self.frozen_until <= self.scheduler.now and not is_over

    def step(self, what: str, *, may_freeze: bool = True) -> None:
        """Come to a step at which others may run, and at which this process may die or freeze."""
        self.trace.add(self.scheduler.now, self.name, what)
        if self.faults.strikes(Fault.CRASH):
            self.die()
        if may_freeze and self.faults.strikes(Fault.FREEZE):
            self.trace.add(self.scheduler.now, self.name, "freezes")
            self.frozen_until = self.scheduler.now + FROZEN_S
        self.scheduler.pause()

    def die(self) -> None:
        """End this process here and now: the running task never goes on."""
        self.trace.add(self.scheduler.now, self.name, "dies")
        self.is_alive = False
        if self.on_death:
            self.on_death()
        self.scheduler.wait()


class ProcessClock:
    """Satisfies Clock in a process; its time of day may be off."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def now(self) -> datetime:
        """Return the time of day, aware, in UTC, as this process sees it."""
        return world_time(self._process.scheduler) + self._process.clock_is_off

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return self._process.scheduler.now

    def sleep(self, seconds: float, /) -> None:
        """Wait for virtual `seconds`."""
        self._process.scheduler.sleep(seconds)


class ServerClock:
    """The clock of a service, which is right and belongs to no process."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler

    def now(self) -> datetime:
        """Return the time of day, aware, in UTC."""
        return world_time(self._scheduler)

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return self._scheduler.now

    def sleep(self, seconds: float, /) -> None:
        """Wait for virtual `seconds`."""
        self._scheduler.sleep(seconds)


def world_time(scheduler: Scheduler) -> datetime:
    """Return the true time of day."""
    return START + timedelta(seconds=scheduler.now)
