"""Which reports a sync of a campaign reads, and back to when: what its worker does, and its forecast counts on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sendtrail.domain.campaign import Counters
from sendtrail.domain.campaign_report import (
    PAGE_SIZE,
    Report,
    changed_row_count,
    expected_row_count,
    has_changed,
    is_empty,
    may_have_repeats,
    new_row_count,
)
from sendtrail.domain.messages import Reason, SyncCampaign
from sendtrail.sync.settling import late_since, may_be_spared
from sendtrail.sync.sync_record import SyncRecord

# After these the warehouse holds everything back to `since`, whatever an earlier read may have missed.
THOROUGH = frozenset({Reason.NEW, Reason.EXTENDED, Reason.AUDIT, Reason.FORCED})
# A report that is read more often than this goes back by the whole overlap once in so long.
DEEP_EVERY = timedelta(hours=20)
# Accounts show these oldest first. Where one does not, its new rows are missed at first, and what is stored shows it.
GROWING_AT_THE_END = (Report.BOUNCES, Report.UNSUBSCRIBES)


@dataclass(frozen=True, kw_only=True, slots=True)
class Overlap:
    """How much of what was read before is read again, as rows may come into a list late: once a day, and otherwise."""

    whole: timedelta = timedelta(hours=48)
    recent: timedelta = timedelta(minutes=15)


DEFAULT_OVERLAP = Overlap()
# Somebody who asks for what is older than any account means everything.
ALL_TIME = datetime(1990, 1, 1, tzinfo=UTC)
# How far back a campaign is read the first time, where nothing else was asked for.
DEFAULT_LOOKBACK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadWindow:
    """How far back a report is read; `full_overlap` says that this is by the whole overlap, or that nothing is there.

    `is_recent` means by the recent overlap alone, `skips_repeats` that rows further down may have grown meanwhile.
    `changed_rows` is how many of its rows can be new, None where the counters do not tell; of a list that grows at its
    end, `first_page` is the page where they begin.
    """

    since: datetime
    full_overlap: bool
    is_recent: bool = False
    skips_repeats: bool = False
    changed_rows: int | None = None
    first_page: int = 1


def coverage_start(message: SyncCampaign, synced: SyncRecord | None) -> datetime:
    """Return how far back the warehouse will hold everything: what is asked for, and never less than before.

    Nothing is older than what the warehouse keeps. A message that names no time means what was read before; where a
    copy of the state that was put back does not know of that, it is read from the beginning.
    """
    asked = [moment for moment in (message.since, synced.since if synced else None) if moment is not None]
    found = min(asked, default=ALL_TIME)
    return found if message.kept_since is None else max(found, message.kept_since)


def believes_no_zero(message: SyncCampaign) -> bool:
    """Return whether also those reports are read that are empty by their counters."""
    is_everything = message.since is not None and message.since <= ALL_TIME
    return message.reason in (Reason.AUDIT, Reason.FORCED) or is_everything


def reports_to_read(message: SyncCampaign, synced: SyncRecord | None, *, since: datetime) -> Iterable[Report]:
    """Return the reports that may hold something new; where everything is asked for, no zero is believed."""
    if believes_no_zero(message):
        return list(Report)
    if synced is not None and since >= synced.since:
        if message.reason is Reason.CHANGED:
            return [report for report in Report if _is_wanted(report, message, synced)]
        if message.reason is Reason.CONFIRM:
            reports = message.settle or synced.to_settle
            return [report for report in Report if report in reports and not is_empty(report, message.counters)]
    return [report for report in Report if not is_empty(report, message.counters)]


def _is_wanted(report: Report, message: SyncCampaign, synced: SyncRecord) -> bool:
    if report in message.settle and not is_empty(report, message.counters):
        return True
    return has_changed(report, now=message.counters, before=synced.counters)


def read_window(
    report: Report,
    message: SyncCampaign,
    synced: SyncRecord | None,
    *,
    since: datetime,
    now: datetime,
    overlap: Overlap,
) -> ReadWindow:
    """Return how far back a report is read: to where it was read before, less what may have come into its list late."""
    if synced is None or _is_read_anew(report, message, synced, since=since):
        return ReadWindow(since=since, full_overlap=True, changed_rows=_changed_rows(report, message, {}))
    watermark = synced.watermarks[report]
    is_overdue = needs_wide_overlap(report, synced, now=now) and report not in message.postponed
    is_wide = message.reason is not Reason.CHANGED or report in message.settle or is_overdue
    is_spared = is_wide and _is_complete(report, message, synced, now=now)
    can_repeat = report in message.standing_rows and may_have_repeats(
        report, now=message.counters, before=synced.counters
    )
    if report is Report.CLICKS and report in message.standing_rows:  # a page of links holds all of their clicks
        return ReadWindow(since=since, full_overlap=True)
    if is_spared or not is_wide:
        recent = max(since, watermark - min(overlap.whole, overlap.recent))
        return ReadWindow(
            since=recent,
            full_overlap=is_spared,
            is_recent=True,
            skips_repeats=can_repeat and not is_spared,
            changed_rows=_changed_rows(report, message, synced.counters),
            first_page=_first_page(report, now=message.counters, before=synced.counters),
        )
    deep_watermark = _deep_watermark(report, message, synced, now=now)
    may_have_grown = can_repeat or (report in message.standing_rows and deep_watermark < watermark)
    if may_have_grown and not _is_all_stored(report, message, synced):
        return ReadWindow(since=since, full_overlap=True)  # any row may have changed in its place
    # What came in late before all was found to be stored was among it.
    behind = min(overlap.whole, overlap.recent) if _is_all_stored(report, message, synced) else overlap.whole
    return ReadWindow(
        since=max(since, deep_watermark - behind),
        full_overlap=True,
        changed_rows=_changed_rows(report, message, synced.counters),
    )


def needs_wide_overlap(report: Report, synced: SyncRecord, *, now: datetime) -> bool:
    """Return whether a report was not read by its whole overlap for long."""
    return report in synced.watermarks and now - synced.deep_watermark(report) >= DEEP_EVERY


def _is_read_anew(report: Report, message: SyncCampaign, synced: SyncRecord, *, since: datetime) -> bool:
    """Return whether rows may be missing anywhere: known to be, or not read as far back as the record says."""
    if since < synced.since or message.reason in THOROUGH or report not in synced.watermarks:
        return True
    settling = synced.to_settle.get(report)
    return settling is not None and (settling.lacks_rows or bool(settling.failed))


def _is_complete(report: Report, message: SyncCampaign, synced: SyncRecord, *, now: datetime) -> bool:
    """Return whether all that was counted is believed to be stored, and what came since stands at the top."""
    if report in message.settle and report in synced.to_settle:
        return may_be_spared(report, synced.to_settle[report], now) and _is_all_stored(report, message, synced)
    return _is_all_stored(report, message, synced)


def _is_all_stored(report: Report, message: SyncCampaign, synced: SyncRecord) -> bool:
    """Return whether all that was counted at the last sync is stored, and no row has grown in its place since."""
    has_moved = has_changed(report, now=message.counters, before=synced.counters)
    can_repeat = has_moved and may_have_repeats(report, now=message.counters, before=synced.counters)
    return report in message.complete and not (report in message.standing_rows and can_repeat)


def _deep_watermark(report: Report, message: SyncCampaign, synced: SyncRecord, *, now: datetime) -> datetime:
    """Return from when on rows may have come in late; those that a later look is for are older than the change."""
    found = synced.deep_watermark(report)
    if report not in message.settle or report not in synced.to_settle:
        return found
    settling = synced.to_settle[report]
    return min(found, settling.changed_at, late_since(report, settling, now) or found)


def _changed_rows(report: Report, message: SyncCampaign, before: Counters) -> int | None:
    count = new_row_count if report in message.standing_rows else changed_row_count
    return count(report, now=message.counters, before=before)


def _first_page(report: Report, *, now: Counters, before: Counters) -> int:
    """Return the page where what is new begins; where nothing seems to be, a page or two may hide it."""
    counts = expected_row_count(report, now), expected_row_count(report, before)
    if report not in GROWING_AT_THE_END or None in counts:
        return 1
    rows, rows_before = (count or 0 for count in counts)
    if rows < rows_before:
        return 1
    return rows_before // PAGE_SIZE + 1 if rows > rows_before else max(1, rows // PAGE_SIZE)
