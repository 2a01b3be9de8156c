"""The outcome of a run: what became of all that it was to do, what is missing, and the exit code that says so."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from sendtrail.cli.process.exit_codes import BUSY, DONE, INTERRUPTED, MISSING
from sendtrail.cli.run.run_stats import RunStats
from sendtrail.cli.run.work_record import Fate
from sendtrail.domain.work_item import CONTACTS
from sendtrail.errors import Busy, Retryable
from sendtrail.logs import without_addresses
from sendtrail.sync.runs.run_figures import RunFigures
from sendtrail.sync.runs.stored_run import Summary

# Stands for what comes after all work: the file is closed.
CLOSING = "closing the file"


class FailureKind(StrEnum):
    """What kind of failure it is, which decides what a person does next."""

    REJECTED = "rejected"  # it fails the same way until somebody removes the cause
    PART = "part"  # a report failed, the others of its campaign are in
    PASSING = "passing"  # the account or the disk did not answer properly, however often it was tried
    UNKNOWN = "unknown"  # nothing of this name is in the account
    HELD = "held"  # another program or worker is at it
    LEFT = "left"  # it was published, and nothing more was heard of it
    OPEN = "open"  # it failed in an earlier run, and this one was not to read it
    FILE = "file"  # not all that was stored is in the one file
    FAULT = "fault"  # a mistake in Sendtrail


# Only the run itself knows of these: what is rejected, and a part, is recorded with the work.
GIVEN_UP = frozenset({FailureKind.PASSING, FailureKind.LEFT, FailureKind.FAULT})


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """Something that the run was to bring in and did not (a campaign by its id, or the contacts), and why."""

    subject: str
    reason: str
    kind: FailureKind = FailureKind.REJECTED


@dataclass(frozen=True, kw_only=True, slots=True)
class RunResult:
    """The outcome of a run; an `interrupted` one was stopped, and the next run continues it.

    `fates` says what became of each campaign that was due, by its id, and of the contacts. `failures` names all that is
    missing; after an interruption, what was not reached is no failure.
    """

    summary: Summary
    failures: tuple[Failure, ...]
    interrupted: bool
    seconds: float
    fates: Mapping[str, Fate] = field(default_factory=dict)

    @property
    def campaigns(self) -> Counter[Fate]:
        """Return how many of the campaigns that were due had which fate."""
        return Counter(fate for subject, fate in self.fates.items() if subject != CONTACTS)

    @property
    def contacts(self) -> Fate | None:
        """Return what became of the pass over the contacts, None where none was to be made."""
        return self.fates.get(CONTACTS)

    @property
    def exit_code(self) -> int:
        """Return 0 only where everything that was asked for is in."""
        if self.interrupted:
            return INTERRUPTED
        if not self.failures:
            return DONE
        return BUSY if all(failure.kind is FailureKind.HELD for failure in self.failures) else MISSING


def figures_of(result: RunResult, stats: RunStats, *, ended_at: datetime, retries: int) -> RunFigures:
    """Return what a run took, as it is stored."""
    return RunFigures(
        ended_at=ended_at,
        seconds=round(result.seconds, 3),
        requests=stats.requests,
        contacts_requests=stats.contacts_requests,
        refused=stats.refused,
        activities_read=sum(stats.activities_read.values()),
        activities_new=stats.activities_new,
        contacts_read=stats.contacts_read,
        contacts_changed=stats.contacts_changed,
        unreadable_rows=stats.unreadable_rows,
        failures=len(result.failures),
        interrupted=result.interrupted,
        retries=retries,
        given_up={each.subject: without_addresses(each.reason) for each in result.failures if each.kind in GIVEN_UP},
    )


def with_closing(result: RunResult, problem: str | None) -> RunResult:
    """Return the result with a problem that came up when the file was closed."""
    if problem is None:
        return result
    failure = Failure(subject=CLOSING, reason=problem, kind=FailureKind.FILE)
    return replace(result, failures=(*result.failures, failure))


def missing_contacts() -> Failure:
    """Return the failure of a pass that was asked for and could not begin."""
    return Failure(subject=CONTACTS, reason="another worker is at the contacts", kind=FailureKind.HELD)


def unknown_campaigns(summary: Summary) -> Iterator[Failure]:
    """Yield a failure for each campaign that was asked for and is not in the account."""
    for campaign_id in summary.unknown:
        reason = "there is no such campaign in the account"
        yield Failure(subject=str(campaign_id), reason=reason, kind=FailureKind.UNKNOWN)


def dropped(subject: str, error: Exception) -> Failure:
    """Return the failure of a message that failed in every attempt."""
    if isinstance(error, Busy):
        return Failure(subject=subject, reason=str(error), kind=FailureKind.HELD)
    if isinstance(error, Retryable):
        return Failure(subject=subject, reason=str(error), kind=FailureKind.PASSING)
    return Failure(subject=subject, reason=f"{type(error).__name__}: {error}", kind=FailureKind.FAULT)


def left_behind(fates: Mapping[str, Fate], *, named: Iterable[Failure]) -> Iterator[Failure]:
    """Yield a failure for each piece of work that is not done and that no failure names yet."""
    known = {failure.subject for failure in named}
    for subject, fate in fates.items():
        if fate not in {Fate.DONE, Fate.WITHDRAWN} and subject not in known:
            yield Failure(subject=subject, reason=f"it was {fate}", kind=FailureKind.LEFT)
