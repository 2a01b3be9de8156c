"""How far a sync of a campaign has come, and what each page adds to that."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from sendtrail.domain.campaign_report import FED_BY, Report, ReportCursor, ReportPage, is_empty
from sendtrail.domain.messages import Reason, SyncCampaign
from sendtrail.domain.stored_counts import SeenRows
from sendtrail.errors import BadDocument
from sendtrail.state.documents import from_document
from sendtrail.sync.evidence.uncounted_rows import latest_of, uncounted
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
