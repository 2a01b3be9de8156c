"""When a report that changed is read again, although its counters stand still. Pure decisions.

The account counts an event and lists it at different times, contacts are deleted while a list is being read, and a
deletion can hide a new open in a counter. So a report is read once more some time after it changed, whatever else of
the campaign was read meanwhile: clicks and opens, which people cause for longer, at growing intervals. A report whose
rows fell short of its counter is read again sooner, and one that failed at the next run.

Opens are read from the newest on. While there are new ones all the time, those that come late into the middle of the
list are looked for once a week, as far back as they may be late, unless all that is counted is stored.

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
# How late an open may come into its list to be found within a week, though the report never rests.
LATE = timedelta(days=7)
# Whose latest row is older when all of them are first read has not changed lately; a clock of the account may be wrong.
QUIET_FOR = LATE + timedelta(days=2)
# Where all is stored that is counted, these are spared all looks but the last, which believes nothing: a deletion may
# have hidden a change in the counters.
SPARED = (Report.OPENS, Report.CLICKS)
SPARED_FOR = timedelta(days=6)
# Before the first of these steps, where rows are known to be missing.
SHORT_STEP = 1 / 24
# A run reads some time after it has begun, and the next day's begins at the same hour: less than a day after a change
# was read. A look that waited for the whole day would come with the run after it.
EARLY, EARLY_SHARE = timedelta(hours=1), 1 / 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Settling:
    """A report that is to be read again.

    `changed_at` is when it was last read because its counters had changed, `read_at` when it was last read at all.
    `short` is by how many rows it fell short of its counter when it was last read whole, `short_before` the same of the
    whole reading before. `failed` is why it could not be read ("" where it could). `hidden_since` is from when on it
    may have changed although its counters stood still; of opens, from when on they were read from the newest on alone.
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

    A reading that was not `is_whole` shows the shortfall of a part only; `since` is how far back it went. `is_proven`:
    all that was counted before is stored. `changed_since` is from when on changes were left for a later look, None
    where none were.
    """

    changed: bool
    changed_since: datetime | None = None
    short: int = 0
    failed: str = ""
    is_whole: bool = True
    is_proven: bool = False
    since: datetime | None = None


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
    settling: Mapping[Report, Settling],
    *,
    now: datetime,
    settle: timedelta,
    complete: Sequence[Report] = (),
    changing: Sequence[Report] = (),
) -> tuple[Report, ...]:
    """Return the reports whose next look is due, in the order of `Report`.

    `complete` are those that miss nothing, `changing` those that are read anyway, as their counters have changed.
    """
    due = {
        report: any(settling[report].read_at < at <= now for at in _looks(report, settling[report], settle, complete))
        or _is_overdue(report, settling[report], now=now, settle=settle, changing=changing)
        for report in settling
    }
    return tuple(report for report in Report if due.get(report))


def is_last_look(settling: Mapping[Report, Settling], *, now: datetime, settle: timedelta) -> bool:
    """Return whether the last look at the opens is due: a week after their last change."""
    opens = settling.get(Report.OPENS)
    return opens is not None and opens.read_at < opens.changed_at + due_after(settle * LAST_LOOK) <= now


def due_after(interval: timedelta) -> timedelta:
    """Return how long after something its look is due that comes so much later, in time for a run at the same hour."""
    return interval - min(EARLY, interval * EARLY_SHARE)


def may_be_spared(report: Report, settling: Settling, now: datetime) -> bool:
    """Return whether a look may believe that what is counted is all there is: the last one after a change may not."""
    hidden_since = settling.hidden_since if report in REVERSIBLE else None
    return is_sound(settling, now) and now - min(settling.changed_at, hidden_since or now) < SPARED_FOR


def is_sound(settling: Settling, now: datetime) -> bool:
    """Return whether nothing is known to be missing of a report, which was read in the past."""
    return not settling.failed and not settling.lacks_rows and settling.read_at <= now


def late_since(report: Report, settling: Settling, now: datetime) -> datetime | None:
    """Return from when on opens are looked for that came late, None where that is not yet due."""
    hidden_since = settling.hidden_since
    is_due = report is Report.OPENS and hidden_since is not None and now - hidden_since >= SPARED_FOR
    return hidden_since - LATE if is_due and hidden_since is not None else None


def _next(before: Settling | None, result: ReadResult, *, now: datetime) -> Settling | None:
    if before is None and not (result.changed or result.short or result.failed):
        return None
    found = _with_shortfall(before or Settling(changed_at=now, read_at=now), result)
    is_news = before is None or result.changed or (found.lacks_rows and found.short != before.short)
    changed_at = (result.changed_since or now) if is_news else found.changed_at
    is_seen = result.is_whole or result.is_proven or _reaches_late_rows(found, result)
    hidden_since = None if is_seen else found.hidden_since
    return replace(found, changed_at=changed_at, read_at=now, failed=result.failed, hidden_since=hidden_since)


def _with_shortfall(before: Settling, result: ReadResult) -> Settling:
    if not result.is_whole:
        return replace(before, short=max(before.short, result.short))
    return replace(before, short=result.short, short_before=before.short)


def _reaches_late_rows(before: Settling, result: ReadResult) -> bool:
    hidden_since, since = before.hidden_since, result.since
    return hidden_since is not None and since is not None and not result.failed and since <= hidden_since - LATE


def _is_overdue(
    report: Report, settling: Settling, *, now: datetime, settle: timedelta, changing: Sequence[Report]
) -> bool:
    if settling.failed or settling.read_at > now:  # read in the future: by a clock that was wrong
        return True
    hidden_since = settling.hidden_since
    if hidden_since is None or (report not in REVERSIBLE and report not in changing):
        return False
    return hidden_since + due_after(settle * HIDDEN_STEP) <= now


def _looks(report: Report, settling: Settling, settle: timedelta, complete: Sequence[Report]) -> list[datetime]:
    """Return when a report is looked at after it changed; where nothing is missing, at last only."""
    steps = STEPS[report]
    if report in complete and report in SPARED and not settling.lacks_rows:
        steps = steps[-1:]
    elif settling.lacks_rows and not settling.short_before:
        steps = (SHORT_STEP, *steps)
    return [settling.changed_at + due_after(settle * step) for step in steps]
