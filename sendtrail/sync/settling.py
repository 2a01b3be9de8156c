"""When a report that changed is read again, although its counters stand still. Pure decisions.

The account counts an event and lists it at different times, contacts are deleted while a list is being read, and a
deletion can hide a new open in a counter. So a report is read once more some time after it changed, whatever else of
the campaign was read meanwhile: clicks and opens, which people cause for longer, at growing intervals. A report whose
rows fell short of its counter is read again sooner, and one that failed at the next run.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sendtrail.domain.campaign_report import Report

# In multiples of the time after which a report is settled.
STEPS: Mapping[Report, tuple[float, ...]] = {
    Report.OPENS: (1, 3, 7),
    Report.CLICKS: (1, 3, 7),
    Report.BOUNCES: (1,),
    Report.UNSUBSCRIBES: (1,),
    Report.FORWARDS: (1,),
}
# Before the first of these steps, where rows are known to be missing.
SHORT_STEP = 1 / 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Settling:
    """A report that is to be read again.

    `changed_at` is when it was last read because its counters had changed, `reads` how often it was read since then.
    `short` is by how many rows it fell short of its counter, `failed` why it could not be read ("" where it could).
    """

    changed_at: datetime
    reads: int = 0
    short: int = 0
    failed: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadResult:
    """How the reading of a report went: whether its counters had changed before, and what was missing."""

    changed: bool
    short: int = 0
    failed: str = ""


def settling_after(
    before: Mapping[Report, Settling], results: Mapping[Report, ReadResult], *, now: datetime
) -> Mapping[Report, Settling]:
    """Return which reports are to be read again after a sync that began at `now`."""
    after = {report: _next(before.get(report), result, now=now) for report, result in results.items()}
    kept = {**before, **{report: settling for report, settling in after.items() if settling is not None}}
    return {report: settling for report, settling in kept.items() if after.get(report, settling) is not None}


def reports_to_settle(
    settling: Mapping[Report, Settling], *, now: datetime, settle: timedelta, without: Set[Report] = frozenset()
) -> list[Report]:
    """Return the reports whose next look is due, in the order of `Report`."""
    return [
        report
        for report in Report
        if report in settling and report not in without and _due_at(report, settling[report], settle=settle) <= now
    ]


def short_reports(settling: Mapping[Report, Settling]) -> Iterable[Report]:
    """Return the reports whose rows fell short of their counters, or that failed."""
    return [report for report, each in settling.items() if each.short or each.failed]


def _next(before: Settling | None, result: ReadResult, *, now: datetime) -> Settling | None:
    if before is None or result.changed:
        return Settling(changed_at=now, short=result.short, failed=result.failed)
    if result.failed:
        return replace(before, failed=result.failed)
    return replace(before, reads=before.reads + 1, short=result.short, failed="")


def _steps(report: Report, settling: Settling) -> tuple[float, ...]:
    return (SHORT_STEP, *STEPS[report]) if settling.short else STEPS[report]


def _due_at(report: Report, settling: Settling, *, settle: timedelta) -> datetime:
    if settling.failed:
        return settling.changed_at
    return settling.changed_at + settle * _steps(report, settling)[settling.reads]
