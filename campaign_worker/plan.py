"""What a sync of a campaign reads: which reports, of which messages, back to when. Pure decisions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sendtrail.messages import Reason, SyncCampaign
from sendtrail.reports import Position, Report, has_news, is_empty
from sendtrail.synced import CampaignSynced

# After these the warehouse holds everything back to `since`, whatever an earlier read may have missed.
THOROUGH = frozenset({Reason.NEW, Reason.EXTENDED, Reason.AUDIT, Reason.FORCED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """One report of one message ("" for a campaign with a single one), read back to `since`."""

    report: Report
    message_id: str
    since: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignProgress:
    """How far a sync has come: the units are read one after the other, the one at `index` from `position` on.

    It holds all that the sync needs, so that any later delivery, of this run or another, can go on with it.
    `started_at` is when the sync began, before its first request: the watermark that it leaves.
    """

    run_id: str
    reason: Reason
    started_at: datetime
    since: datetime
    counters: Mapping[str, int]
    units: Sequence[Unit]
    index: int = 0
    position: Position = field(default_factory=Position)


def new_progress(
    message: SyncCampaign,
    *,
    synced: CampaignSynced | None,
    message_ids: Sequence[str],
    now: datetime,
    overlap: timedelta,
) -> CampaignProgress:
    """Return the plan of a sync that begins now; `message_ids` are those of a split campaign, [""] otherwise."""
    since = floor(message, synced, now=now)
    reports = reports_to_read(message, synced, since=since)
    units = [
        Unit(
            report=report, message_id=message_id, since=_back_to(report, message, synced, since=since, overlap=overlap)
        )
        for report in reports
        for message_id in message_ids
    ]
    return CampaignProgress(
        run_id=message.run_id,
        reason=message.reason,
        started_at=now,
        since=since,
        counters=message.counters,
        units=units,
    )


def floor(message: SyncCampaign, synced: CampaignSynced | None, *, now: datetime) -> datetime:
    """Return how far back the warehouse will hold everything: what is asked for, and never less than before."""
    asked = [moment for moment in (message.since, synced.since if synced else None) if moment is not None]
    return min(asked, default=now)


def reports_to_read(message: SyncCampaign, synced: CampaignSynced | None, *, since: datetime) -> Iterable[Report]:
    """Return the reports that may hold something new; an audit or a forced read leaves none out."""
    if message.reason in (Reason.AUDIT, Reason.FORCED):
        return list(Report)
    if synced is None or since < synced.since or message.reason is not Reason.CHANGED:
        return [report for report in Report if not is_empty(report, message.counters)]
    return [report for report in Report if has_news(report, now=message.counters, before=synced.counters)]


def can_resume(progress: CampaignProgress | None, message: SyncCampaign) -> bool:
    """Tell whether a sync under way serves this message, or has to be planned anew."""
    if progress is None or (message.since is not None and message.since < progress.since):
        return False
    return message.reason is not Reason.FORCED or progress.run_id == message.run_id


def at_unit(progress: CampaignProgress, index: int) -> CampaignProgress:
    """Return the progress at the beginning of a unit."""
    return replace(progress, index=index, position=Position())


def resumed(position: Position) -> Position:
    """Return where to take up a report that was left at `position`: one page earlier.

    Rows of contacts that were deleted meanwhile have let the others move up by as much; rows that came meanwhile have
    moved them down, so the time of the last row read says nothing about the order any more.
    """
    return replace(position, page=max(1, position.page - 1), earliest=None)


def left_behind(progress: CampaignProgress, synced: CampaignSynced | None) -> CampaignSynced:
    """Return what a finished sync leaves for the dispatcher and for the next sync."""
    read = dict.fromkeys((unit.report for unit in progress.units), progress.started_at)
    # A report that was empty is known to be complete up to the dispatch, without a request.
    empty = dict.fromkeys((r for r in Report if is_empty(r, progress.counters)), progress.started_at)
    is_thorough = synced is None or progress.reason in THOROUGH or progress.since < synced.since
    return CampaignSynced(
        since=progress.since,
        watermarks={**(synced.watermarks if synced else {}), **empty, **read},
        counters=progress.counters,
        synced_at=progress.started_at,
        audited_at=progress.started_at if is_thorough or synced is None else synced.audited_at,
        confirmed=synced is not None and progress.counters == synced.counters,
    )


def _back_to(
    report: Report, message: SyncCampaign, synced: CampaignSynced | None, *, since: datetime, overlap: timedelta
) -> datetime:
    if synced is None or since < synced.since or message.reason in THOROUGH or report not in synced.watermarks:
        return since
    return max(since, synced.watermarks[report] - overlap)
