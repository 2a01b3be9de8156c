"""Which reports a sync of a campaign reads, and back to when: what its worker does, and its forecast counts on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sendtrail.domain.campaign_report import Report, changed_row_count, has_changed, is_empty, may_have_repeats
from sendtrail.domain.messages import Reason, SyncCampaign
from sendtrail.sync.sync_record import SyncRecord

# After these the warehouse holds everything back to `since`, whatever an earlier read may have missed.
THOROUGH = frozenset({Reason.NEW, Reason.EXTENDED, Reason.AUDIT, Reason.FORCED})
# A report that is read more often than this goes back by the whole overlap once in so long.
DEEP_EVERY = timedelta(hours=20)


@dataclass(frozen=True, kw_only=True, slots=True)
class Overlap:
    """How much of what was read before is read again, as rows may come into a list late: once a day, and otherwise."""

    whole: timedelta = timedelta(hours=48)
    recent: timedelta = timedelta(hours=1)


DEFAULT_OVERLAP = Overlap()
# How far back a campaign is read the first time, where nothing else was asked for.
DEFAULT_LOOKBACK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadWindow:
    """How far back a report is read; `full_overlap` says that this is by the whole overlap, or further.

    `changed_rows` is how many of its rows can be new, None where the counters do not tell.
    """

    since: datetime
    full_overlap: bool
    changed_rows: int | None


def coverage_start(message: SyncCampaign, synced: SyncRecord | None, *, now: datetime) -> datetime:
    """Return how far back the warehouse will hold everything: what is asked for, and never less than before."""
    asked = [moment for moment in (message.since, synced.since if synced else None) if moment is not None]
    return min(asked, default=now)


def reports_to_read(message: SyncCampaign, synced: SyncRecord | None, *, since: datetime) -> Iterable[Report]:
    """Return the reports that may hold something new; an audit or a forced read leaves none out."""
    if message.reason in (Reason.AUDIT, Reason.FORCED):
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
    read_to, full_overlap = _read_to(report, message, synced, since=since, now=now, overlap=overlap)
    before = {} if synced is None or read_to == since else synced.counters
    return ReadWindow(
        since=read_to,
        full_overlap=full_overlap,
        changed_rows=changed_row_count(report, now=message.counters, before=before),
    )


def _read_to(
    report: Report,
    message: SyncCampaign,
    synced: SyncRecord | None,
    *,
    since: datetime,
    now: datetime,
    overlap: Overlap,
) -> tuple[datetime, bool]:
    if synced is None or since < synced.since or message.reason in THOROUGH or report not in synced.watermarks:
        return since, True
    if report in synced.to_settle and (synced.to_settle[report].lacks_rows or synced.to_settle[report].failed):
        return since, True  # rows are known to be missing, anywhere; or it was not read as far back as the record says
    if report in message.standing_rows and may_have_repeats(report, now=message.counters, before=synced.counters):
        return since, True  # any row may have changed in its place
    watermark = synced.watermarks[report]
    deep_watermark = synced.deep_watermarks.get(report, watermark)
    if report in message.settle and report in synced.to_settle:  # rows that come late are older than the change
        deep_watermark = min(deep_watermark, synced.to_settle[report].changed_at)
    if message.reason is not Reason.CHANGED or now - deep_watermark >= DEEP_EVERY:
        return max(since, deep_watermark - overlap.whole), True
    return max(since, watermark - min(overlap.whole, overlap.recent)), False
