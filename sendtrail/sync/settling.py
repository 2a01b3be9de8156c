"""When a report that changed is read again, although its counters stand still. Pure decisions.

The account counts an event and lists it at different times, contacts are deleted while a list is being read, and a
deletion can hide a new open in a counter. So a report is read once more some time after it changed, whatever else of
the campaign was read meanwhile: clicks and opens, which people cause for longer, at growing intervals. A report whose
rows fell short of its counter is read again sooner, and one that failed at the next run.

Some counters stay above their lists for good, as those of deleted contacts do. A shortfall that two whole readings find
alike is steady: it is no reason to read again, and stays stored as long as it is there. One that has changed is news.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sendtrail.domain.campaign_report import Report

# How long after a change, in multiples of the time after which a report is settled.
STEPS: Mapping[Report, tuple[float, ...]] = {
    Report.OPENS: (1, 3, 7),
    Report.CLICKS: (1, 3, 7),
    Report.BOUNCES: (1,),
    Report.UNSUBSCRIBES: (1,),
    Report.FORWARDS: (1,),
}
LAST_LOOK = max(STEPS[Report.OPENS])
# Whoever subscribes again vanishes from the report, and hides in its counter who left the same day: while anything of
# the campaign changes, it is looked at once in so long, in multiples of the same time.
REVERSIBLE = (Report.UNSUBSCRIBES,)
HIDDEN_STEP = 7
# Where all is stored that is counted, these are spared all looks but the last, which believes nothing: a deletion may
# have hidden a change in the counters.
SPARED = (Report.OPENS, Report.CLICKS)
SPARED_FOR = timedelta(days=6)
# Before the first of these steps, where rows are known to be missing.
SHORT_STEP = 1 / 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Settling:
    """A report that is to be read again.

    `changed_at` is when it was last read because its counters had changed, `read_at` when it was last read at all.
    `short` is by how many rows it fell short of its counter when it was last read whole, `short_before` the same of the
    whole reading before. `failed` is why it could not be read ("" where it could). `hidden_since` is from when on it
    may have changed although its counters stood still.
    """

    changed_at: datetime
    read_at: datetime
    short: int = 0
    failed: str = ""
    short_before: int = 0
    hidden_since: datetime | None = None

    @property
    def lacks_rows(self) -> bool:
        """Return whether rows are missing that were not missing before, so that they may still come."""
        return self.short not in (0, self.short_before)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadResult:
    """How the reading of a report went: whether its counters had changed before, and what was missing.

    A reading that was not `is_whole` shows the shortfall of a part only. `changed_since` is from when on changes were
    left for a later look, None where none were.
    """

    changed: bool
    changed_since: datetime | None = None
    short: int = 0
    failed: str = ""
    is_whole: bool = True


def settling_after(
    before: Mapping[Report, Settling],
    results: Mapping[Report, ReadResult],
    *,
    now: datetime,
    may_hide: Sequence[Report] = (),
) -> Mapping[Report, Settling]:
    """Return which reports are to be read again after a sync that began at `now`.

    `may_hide` are the reports that may have changed although their counters stood still.
    """
    read = {report: _next(before.get(report), result, now=now) for report, result in results.items()}
    after = {**before, **{report: settling for report, settling in read.items() if settling is not None}}
    for report in may_hide:
        known = after.get(report, Settling(changed_at=now, read_at=now))
        if known.hidden_since is None:  # no look is pending
            after[report] = replace(known, hidden_since=now)
    return {report: after[report] for report in Report if report in after}


def reports_to_settle(
    settling: Mapping[Report, Settling], *, now: datetime, settle: timedelta, complete: Sequence[Report] = ()
) -> tuple[Report, ...]:
    """Return the reports whose next look is due, in the order of `Report`; `complete` are those that miss nothing."""
    spared = [
        report
        for report in complete
        if report in SPARED and report in settling and may_be_spared(settling[report], now)
    ]
    return tuple(
        report
        for report in Report
        if report in settling and report not in spared and _is_due(report, settling[report], now=now, settle=settle)
    )


def is_last_look(settling: Mapping[Report, Settling], *, now: datetime, settle: timedelta) -> bool:
    """Return whether the last look at the opens is due: a week after their last change."""
    opens = settling.get(Report.OPENS)
    return opens is not None and opens.read_at < opens.changed_at + settle * LAST_LOOK <= now


def may_be_spared(settling: Settling, now: datetime) -> bool:
    """Return whether a look may believe that what is counted is all there is: the last one after a change may not."""
    is_sound = not settling.failed and not settling.lacks_rows and settling.read_at <= now
    return is_sound and now - min(settling.changed_at, settling.hidden_since or now) < SPARED_FOR


def _next(before: Settling | None, result: ReadResult, *, now: datetime) -> Settling | None:
    if before is None and not (result.changed or result.short or result.failed):
        return None
    found = _with_shortfall(before or Settling(changed_at=now, read_at=now), result)
    is_news = before is None or result.changed or (found.lacks_rows and found.short != before.short)
    changed_at = (result.changed_since or now) if is_news else found.changed_at
    hidden_since = None if result.is_whole else found.hidden_since
    return replace(found, changed_at=changed_at, read_at=now, failed=result.failed, hidden_since=hidden_since)


def _with_shortfall(before: Settling, result: ReadResult) -> Settling:
    if not result.is_whole:
        return replace(before, short=max(before.short, result.short))
    return replace(before, short=result.short, short_before=before.short)


def _is_due(report: Report, settling: Settling, *, now: datetime, settle: timedelta) -> bool:
    if settling.failed or settling.read_at > now:  # read in the future: by a clock that was wrong
        return True
    hidden_since = settling.hidden_since
    if hidden_since is not None and hidden_since + settle * HIDDEN_STEP <= now:
        return True
    is_first = settling.lacks_rows and not settling.short_before
    steps = (SHORT_STEP, *STEPS[report]) if is_first else STEPS[report]
    return any(settling.read_at < settling.changed_at + settle * step <= now for step in steps)
