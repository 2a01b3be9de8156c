"""What was learnt about an account while talking to it: nothing that could not be learnt again."""

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from sendtrail.domain.campaign_report import Report
from sendtrail.domain.report_habits import Change, ReportHabits

# So often in a row an action is refused before it is left alone, and for how long.
MAX_REFUSALS = 3
LEFT_ALONE_S = 600.0


class FullLists(Protocol):
    """What is known of lists that came to their proven end with a full page."""

    def ended_full(self, name: str) -> bool:
        """Return whether a list lately ended with a full page."""
        ...

    def is_known(self, name: str, ids: Collection[int]) -> bool:
        """Return whether a list lately came to its proven end with these rows, of which the last page was full."""
        ...

    def record(self, name: str, ids: Collection[int], *, is_full: bool) -> None:
        """Record the rows of a list that came to its proven end, and whether the last page was full."""
        ...


def ignore_date(_: datetime) -> None:
    """Do nothing."""


class NoFullLists:
    """Nothing is known: every list has to prove its end."""

    def ended_full(self, name: str) -> bool:  # noqa: ARG002
        """Return that no list did."""
        return False

    def is_known(self, name: str, ids: Collection[int]) -> bool:  # noqa: ARG002
        """Return that no list is."""
        return False

    def record(self, name: str, ids: Collection[int], *, is_full: bool) -> None:
        """Record nothing."""


class Habits(Protocol):
    """What was seen of how an account shows its reports."""

    def of(self, report: Report) -> ReportHabits:
        """Return what is known of a report."""
        ...

    def observe(self, report: Report, change: Change) -> None:
        """Apply what was seen of a report to what is known of it."""
        ...


class RememberedHabits:
    """What was seen since the process began, for one thread at a time to add to."""

    def __init__(self) -> None:
        self._known: dict[Report, ReportHabits] = {}

    def of(self, report: Report) -> ReportHabits:
        """Return what is known of a report."""
        return self._known.get(report, ReportHabits())

    def observe(self, report: Report, change: Change) -> None:
        """Apply what was seen of a report; all of it is of this moment."""
        self._known[report] = change(self.of(report), datetime.fromtimestamp(0, UTC))


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusals:
    """How often in a row an action was refused, why, and when last (on the monotonic clock)."""

    count: int
    reason: str
    refused_at: float


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountMemory:
    """Shared by all threads that use an account with one key; each set only grows, an element at a time.

    `answered_actions` are those that the account has answered, `report_ends` its answers at the end of a report, in the
    language of the key's user; `reports_by_message` are shown only to those who ask for one message at a time,
    `reports_shown_whole` to those who name none; `lists_with_false_totals` are shorter than they say. `refusals` are
    those of actions that the API user may not use. `full_lists` and `habits` outlive the process, `on_date` is called
    with the time that each answer gives.
    """

    answered_actions: set[str] = field(default_factory=set)
    report_ends: set[Hashable] = field(default_factory=set)
    reports_by_message: set[Report] = field(default_factory=set)
    reports_shown_whole: set[Report] = field(default_factory=set)
    lists_with_false_totals: set[str] = field(default_factory=set)
    refusals: dict[str, Refusals] = field(default_factory=dict)
    full_lists: FullLists = field(default_factory=NoFullLists)
    on_date: Callable[[datetime], None] = ignore_date
    habits: Habits = field(default_factory=RememberedHabits)

    def is_only_refusal(self, action: str) -> bool:
        """Return whether the account has answered other actions, and never this one."""
        return bool(self.answered_actions) and action not in self.answered_actions

    def record_refusal(self, action: str, *, reason: str, now: float) -> None:
        """Record that an action was refused."""
        before = self.refusals.get(action)
        self.refusals[action] = Refusals(count=before.count + 1 if before else 1, reason=reason, refused_at=now)

    def refusal(self, action: str, *, now: float) -> str | None:
        """Return why an action is not asked for at the moment; None where it may be."""
        found = self.refusals.get(action)
        if found is None or found.count < MAX_REFUSALS or now - found.refused_at > LEFT_ALONE_S:
            return None
        return found.reason
