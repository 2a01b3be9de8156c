"""The clock of a fleet, which everything in it shares."""

from datetime import UTC, datetime, timedelta

from sendtrail.simulation.engine.scheduler import Scheduler

MIDNIGHT = datetime(2025, 6, 2, tzinfo=UTC)


class FleetClock:
    """Satisfies Clock on a scheduler; the fleet begins at midnight."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler

    def now(self) -> datetime:
        """Return the time of day, aware, in UTC."""
        return MIDNIGHT + timedelta(seconds=self._scheduler.now)

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return self._scheduler.now

    def sleep(self, seconds: float, /) -> None:
        """Wait for virtual `seconds`."""
        if seconds > 0:
            self._scheduler.wait(seconds)
