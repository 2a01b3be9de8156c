"""What the counters say already and the lists do not yet."""

from collections.abc import Iterator
from dataclasses import dataclass

from sendtrail.simulator.quirks import EventType, Quirks
from sendtrail.simulator.world.campaigns import Report

_HOUR_S = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A member does what a list is about: for the first time, or again."""

    report: Report
    member: int
    at: int
    is_new: bool


class Delays:
    """Keep what happened until the lists are to show it."""

    def __init__(self, quirks: Quirks) -> None:
        self._delays_s: dict[EventType, int] = {
            "open": int(quirks.late_opens_h * _HOUR_S),
            "click": int(quirks.late_clicks_h * _HOUR_S),
        }
        self._until_next_day = quirks.counters_run_ahead
        self._day_began = 0
        self._today: list[Happening] = []
        self._held: list[Happening] = []

    def holds_back(self, happening: Happening) -> bool:
        """Say whether the list shows this later than the counters."""
        return self._until_next_day or self._delays_s.get(happening.report.event, 0) > 0

    def due_at(self, happening: Happening) -> int:
        """Return when the list is to show this: for what waits for the next day, not before that has begun."""
        at = happening.at + self._delays_s.get(happening.report.event, 0)
        return max(at, self._day_began) if self._until_next_day else at

    def hold(self, happening: Happening) -> None:
        """Keep something until it is due."""
        (self._today if self._until_next_day else self._held).append(happening)

    def begin_day(self, now: int) -> None:
        """Let what waited for the next day wait no longer."""
        self._day_began = now
        self._held += self._today
        self._today = []

    def due(self, now: int) -> list[Happening]:
        """Give up what is due."""
        if not self._held:
            return []
        due = [happening for happening in self._held if self.due_at(happening) <= now]
        self._held = [happening for happening in self._held if self.due_at(happening) > now]
        return due

    def everything(self) -> list[Happening]:
        """Give up all that is kept."""
        everything, self._held, self._today = self._held + self._today, [], []
        return everything

    def waiting(self, report: Report, member: int) -> Iterator[Happening]:
        """Return what is kept of a member of a list."""
        return (item for item in self._held + self._today if item.member == member and item.report.name == report.name)

    def drop(self, happening: Happening) -> None:
        """Forget something."""
        (self._held if happening in self._held else self._today).remove(happening)
