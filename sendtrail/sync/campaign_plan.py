"""What a sync of a campaign reads: which reports, of which messages, back to when. Pure decisions."""

from collections.abc import Sequence
from datetime import datetime

from sendtrail.domain.campaign import CampaignMessage
from sendtrail.domain.campaign_report import Report, expected_event_count, expected_row_count, has_changed, is_empty
from sendtrail.domain.messages import SyncCampaign
from sendtrail.sync.progress.campaign_progress import CampaignProgress, ReportRead, start_of
from sendtrail.sync.read_window import Overlap, believes_no_zero, coverage_start, read_window, reports_to_read
from sendtrail.sync.sync_record import SyncRecord


def new_progress(
    message: SyncCampaign,
    *,
    synced: SyncRecord | None,
    messages: Sequence[CampaignMessage],
    now: datetime,
    overlap: Overlap,
) -> CampaignProgress:
    """Return the plan of a sync that begins now; `messages` are those of a split campaign, or the `whole_campaign`."""
    since = coverage_start(message, synced)
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
