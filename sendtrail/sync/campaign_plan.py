"""What a sync of a campaign reads: which reports, of which messages, back to when. Pure decisions."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from sendtrail.domain.campaign import CampaignMessage
from sendtrail.domain.campaign_report import (
    FED_BY,
    Report,
    ReportCursor,
    ReportPage,
    expected_event_count,
    expected_row_count,
    has_changed,
    is_empty,
)
from sendtrail.domain.messages import Reason, SyncCampaign
from sendtrail.domain.stored_counts import SeenRows
from sendtrail.errors import BadDocument
from sendtrail.state.documents import from_document
from sendtrail.sync.evidence.uncounted_rows import latest_of, uncounted
from sendtrail.sync.read_window import (
    THOROUGH,
    Overlap,
    believes_no_zero,
    coverage_start,
    read_window,
    reports_to_read,
)
from sendtrail.sync.settling import QUIET_FOR, REVERSIBLE, ReadResult, settling_after
from sendtrail.sync.sync_record import SyncRecord

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportRead:
    """One report of one message ("" for a campaign with a single one), read back to `since`.

    `full_overlap`, `is_recent`, `skips_repeats` and `first_page` are a ReadWindow's, `expected_rows`, `changed_rows`
    and `expected_events` a ReportQuery's. In the stored progress three of them are named by their aliases.
    """

    report: Report
    message_id: str
    since: datetime
    full_overlap: Annotated[bool, Field(alias="deep")] = True
    expected_rows: Annotated[int | None, Field(alias="counted")] = None
    changed_rows: Annotated[int | None, Field(alias="moved")] = None
    is_recent: bool = False
    skips_repeats: bool = False
    first_page: int = 1
    expected_events: int | None = None

    @property
    def is_proven(self) -> bool:
        """Return whether it is read by the recent overlap because all that was counted before is stored."""
        return self.is_recent and self.full_overlap


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignProgress:
    """How far a sync has come: the units are read one after the other, the one at `index` from `position` on.

    It holds all that the sync needs, so that any later delivery, of this run or another, can go on with it.
    `started_at` is when the sync began, before its first request: the watermark that it leaves. `missing` is how many
    rows of a report are missing by its counter, or could not be understood, `failed` why a report could not be read.
    `wanted_at` is the message's that it was planned for. `false_zeros` are the reports that have rows against their
    counters. `seen` are the rows of reports that are read for the first time. `unanswered` is how many deliveries in a
    row got no further because the account did not answer. `listed_at` is when the account had shown the counters,
    `latest` the time of the latest row seen of each report, `uncounted` how many came while its counters stood still.
    """

    run_id: str
    reason: Reason
    started_at: datetime
    since: datetime
    counters: Mapping[str, int]
    units: Sequence[ReportRead]
    index: int = 0
    position: ReportCursor = field(default_factory=ReportCursor)
    missing: Mapping[Report, int] = field(default_factory=dict)
    failed: Mapping[Report, str] = field(default_factory=dict)
    wanted_at: datetime | None = None
    false_zeros: Sequence[Report] = field(default_factory=list)
    unanswered: int = 0
    seen: Mapping[Report, SeenRows] = field(default_factory=dict)
    listed_at: datetime | None = None
    latest: Mapping[Report, datetime] = field(default_factory=dict)
    uncounted: Mapping[Report, int] = field(default_factory=dict)

    def is_first_reading(self, synced: SyncRecord | None) -> bool:
        """Return whether more is read than ever before."""
        return synced is None or self.since < synced.since


def new_progress(
    message: SyncCampaign,
    *,
    synced: SyncRecord | None,
    messages: Sequence[CampaignMessage],
    now: datetime,
    overlap: Overlap,
) -> CampaignProgress:
    """Return the plan of a sync that begins now; `messages` are those of a split campaign, or the `whole_campaign`."""
    since = coverage_start(message, synced, now=now)
    units = [
        _unit(report, part, message, synced, since=since, now=now, overlap=overlap)
        for report in reports_to_read(message, synced, since=since)
        for part in _parts(report, message, messages, synced=synced)
    ]
    units.sort(key=_rows_expected)  # the small ones first: their pages are all under way at once
    progress = CampaignProgress(
        run_id=message.run_id,
        reason=message.reason,
        started_at=now,
        since=since,
        counters=message.counters,
        units=units,
        wanted_at=message.wanted_at,
        listed_at=message.listed_at,
    )
    return start_of(progress, 0)


def _parts(
    report: Report, message: SyncCampaign, messages: Sequence[CampaignMessage], *, synced: SyncRecord | None
) -> Sequence[CampaignMessage]:
    """Return what a report is read by: its messages where they have all that the campaign counts, or the campaign.

    Where its counters have moved, those without any are left out.
    """
    counted = [expected_row_count(report, each.counters) for each in messages]
    rows, whole = [each for each in counted if each is not None], expected_row_count(report, message.counters)
    is_covered = len(rows) == len(counted) and whole is not None and sum(rows) >= whole
    if not is_covered:
        return [whole_campaign(message)]
    has_moved = has_changed(report, now=message.counters, before=synced.counters if synced else {})
    if believes_no_zero(message) or not has_moved:
        return messages
    return [each for each in messages if not is_empty(report, each.counters)] or messages


def whole_campaign(message: SyncCampaign) -> CampaignMessage:
    """Return what stands for the messages of a campaign that is not split: its counters are the campaign's."""
    return CampaignMessage(message_id="", counters=message.counters)


def read_progress(document: Mapping[str, Any] | None) -> CampaignProgress | None:
    """Return how far a sync has come; None where it has not begun, or cannot be read: then it is planned anew."""
    if document is None:
        return None
    try:
        return from_document(CampaignProgress, document)
    except BadDocument as error:
        logger.warning("the sync begins anew: %s", error)
        return None


def can_resume(progress: CampaignProgress | None, message: SyncCampaign) -> bool:
    """Tell whether a sync under way serves this message, or has to be planned anew."""
    if progress is None or (message.since is not None and message.since < progress.since):
        return False
    if message.reason is not Reason.FORCED or progress.run_id == message.run_id:
        return True
    if progress.reason not in (Reason.FORCED, Reason.NEW) or progress.wanted_at is None or message.wanted_at is None:
        return False
    return progress.wanted_at >= message.wanted_at  # begun after it was asked for


def start_of(progress: CampaignProgress, index: int) -> CampaignProgress:
    """Return the progress at the beginning of a unit, or past the last one."""
    first_page = progress.units[index].first_page if index < len(progress.units) else 1
    return replace(progress, index=index, position=ReportCursor(page=first_page), unanswered=0)


def continued(progress: CampaignProgress, at: CampaignProgress) -> CampaignProgress:
    """Return the progress at the place `at`, with what was found on the way there."""
    return replace(progress, index=at.index, position=at.position, unanswered=at.unanswered)


def resume_from(position: ReportCursor, *, first_page: int = 1) -> ReportCursor:
    """Return where to take up a report that was left at `position`: one page earlier.

    Rows of contacts that were deleted meanwhile have let the others move up by as much; rows that came meanwhile have
    moved them down, so the time of the last row read says nothing about the order any more.
    """
    return replace(position, page=max(first_page, position.page - 1), earliest=None)


def with_page(progress: CampaignProgress, report: Report, page: ReportPage) -> CampaignProgress:
    """Return the progress with what a page of a report shows: what is missing, and rows that its counters deny.

    Zeros that are not believed are left out of the counters.
    """
    missing = page.missing + len(page.unreadable)
    if missing:
        missing_before = progress.missing.get(report, 0)
        progress = replace(progress, missing={**progress.missing, report: missing_before + missing})
    is_counted = not is_empty(report, progress.counters) and any(name in progress.counters for name in FED_BY[report])
    if not page.rows or report in progress.false_zeros or is_counted:
        return progress
    return replace(progress, false_zeros=[*progress.false_zeros, report])


def with_seen(progress: CampaignProgress, report: Report, page: ReportPage) -> CampaignProgress:
    """Return the progress with the rows of a page of a report that is read for the first time."""
    seen = progress.seen.get(report, SeenRows()).plus(page.activities)
    return replace(progress, seen={**progress.seen, report: seen})


def with_times(
    progress: CampaignProgress, report: Report, page: ReportPage, synced: SyncRecord | None
) -> CampaignProgress:
    """Return the progress with when the rows of a page were, and how many of them the counters leave out."""
    latest = latest_of(page.activities, known=progress.latest.get(report), now=progress.started_at)
    if latest is not None:
        progress = replace(progress, latest={**progress.latest, report: latest})
    period = uncounted(report, counters=progress.counters, listed_at=progress.listed_at, synced=synced)
    rows = 0 if period is None else period.count(page.activities)
    if not rows:
        return progress
    return replace(progress, uncounted={**progress.uncounted, report: progress.uncounted.get(report, 0) + rows})


def with_failure(progress: CampaignProgress, report: Report, reason: str) -> CampaignProgress:
    """Return the progress with a report that could not be read."""
    return replace(progress, failed={**progress.failed, report: reason})


def completed_sync(progress: CampaignProgress, synced: SyncRecord | None) -> SyncRecord:
    """Return the record of a finished sync, for the dispatcher and for the next sync."""
    complete = [unit for unit in progress.units if unit.report not in progress.failed]
    read = dict.fromkeys((unit.report for unit in complete), progress.started_at)
    # A report that was empty is known to be complete up to the dispatch, without a request.
    empty = dict.fromkeys((r for r in Report if is_empty(r, progress.counters)), progress.started_at)
    deep = dict.fromkeys((unit.report for unit in complete if unit.full_overlap), progress.started_at)
    is_thorough = synced is None or progress.reason in THOROUGH or progress.since < synced.since
    is_confirmed = synced is not None and progress.counters == synced.counters
    settling = settling_after(
        {} if synced is None else synced.to_settle,
        _results(progress, synced),
        now=progress.started_at,
        may_hide=_may_hide_changes(progress, synced),
    )
    return SyncRecord(
        since=progress.since,
        watermarks={**(synced.watermarks if synced else {}), **empty, **read},
        counters=progress.counters,
        synced_at=progress.started_at,
        audited_at=progress.started_at if is_thorough or synced is None else synced.audited_at,
        confirmed=is_confirmed,
        deep_watermarks={**(synced.deep_watermarks if synced else {}), **empty, **deep},
        unsettled=[] if is_confirmed else list(settling),
        settling=settling,
        forced_at=_forced_at(progress, synced),
        false_zeros=list(dict.fromkeys([*(synced.false_zeros if synced else ()), *progress.false_zeros])),
        latest=_latest(progress, synced),
    )


def _latest(progress: CampaignProgress, synced: SyncRecord | None) -> Mapping[Report, datetime]:
    known: Mapping[Report, datetime] = {} if synced is None else synced.latest
    return {
        report: max(each[report] for each in (known, progress.latest) if report in each)
        for report in Report
        if report in known or report in progress.latest
    }


def _forced_at(progress: CampaignProgress, synced: SyncRecord | None) -> datetime | None:
    before = None if synced is None else synced.forced_at
    is_everything = progress.reason is Reason.FORCED or synced is None
    return progress.wanted_at if is_everything and progress.wanted_at is not None else before


def _results(progress: CampaignProgress, synced: SyncRecord | None) -> Mapping[Report, ReadResult]:
    skipping = {unit.report for unit in progress.units if unit.skips_repeats}
    whole_reads = {} if synced is None else synced.deep_watermarks
    return {
        report: ReadResult(
            changed=_had_changed(report, progress, synced),
            changed_since=whole_reads.get(report) if report in skipping else None,
            short=progress.missing.get(report, 0),
            failed=progress.failed.get(report, ""),
            is_whole=_is_whole(report, progress),
            is_proven=all(unit.is_proven for unit in progress.units if unit.report is report),
            since=max(unit.since for unit in progress.units if unit.report is report),
        )
        for report in {unit.report for unit in progress.units}
    }


def _is_whole(report: Report, progress: CampaignProgress) -> bool:
    """Return whether a report was read from its beginning to its end, or opens as far back as anything is."""
    if report in progress.failed or any(unit.first_page > 1 for unit in progress.units if unit.report is report):
        return False
    return report is not Report.OPENS or all(
        unit.since <= progress.since for unit in progress.units if unit.report is report
    )


def _may_hide_changes(progress: CampaignProgress, synced: SyncRecord | None) -> Sequence[Report]:
    """Return the reports that may hold a change that no counter shows, or opens that come late: while they change."""
    if not any(_had_changed(report, progress, synced) for report in Report):
        return ()
    found = [report for report in REVERSIBLE if not is_empty(report, progress.counters)]
    is_changing = synced is not None and has_changed(Report.OPENS, now=progress.counters, before=synced.counters)
    return [*found, Report.OPENS] if is_changing else found


def _had_changed(report: Report, progress: CampaignProgress, synced: SyncRecord | None) -> bool:
    if synced is None or progress.is_first_reading(synced):
        return not _is_quiet(report, progress)
    has_uncounted = bool(progress.uncounted.get(report))
    return has_uncounted or has_changed(report, now=progress.counters, before=synced.counters)


def _is_quiet(report: Report, progress: CampaignProgress) -> bool:
    """Return whether a report that was read for the first time holds all that is counted, and nothing of lately."""
    seen = progress.seen.get(report)
    if seen is None or seen.latest is None:
        return is_empty(report, progress.counters)
    is_sound = report not in progress.failed and not progress.missing.get(report)
    return is_sound and progress.started_at - seen.latest >= QUIET_FOR and seen.are_all(report, progress.counters)


def _rows_expected(unit: ReportRead) -> float:
    known = [rows for rows in (unit.expected_rows, unit.changed_rows) if rows is not None]
    return min(known, default=float("inf"))


def _unit(
    report: Report,
    part: CampaignMessage,
    message: SyncCampaign,
    synced: SyncRecord | None,
    *,
    since: datetime,
    now: datetime,
    overlap: Overlap,
) -> ReportRead:
    read_to = read_window(report, message, synced, since=since, now=now, overlap=overlap)
    return ReportRead(
        report=report,
        message_id=part.message_id,
        since=read_to.since,
        full_overlap=read_to.full_overlap,
        is_recent=read_to.is_recent,
        skips_repeats=read_to.skips_repeats,
        first_page=1 if message.split else read_to.first_page,
        expected_rows=expected_row_count(report, part.counters),
        expected_events=expected_event_count(report, part.counters),
        changed_rows=None if part.message_id else read_to.changed_rows,
    )
