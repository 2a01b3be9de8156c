"""Bring one campaign's activities into the warehouse: its reports, page by page, as rows."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sendtrail.clock import STOPPED, is_credible
from sendtrail.delivery.deliver import Finished, Outcome, Step, deliver
from sendtrail.delivery.lease import TaskContext
from sendtrail.delivery.services import Services
from sendtrail.domain.activity import happened_since
from sendtrail.domain.campaign import CampaignLists
from sendtrail.domain.campaign_report import SLACK, Report, ReportCursor, ReportPage, ReportQuery, ReportReader
from sendtrail.domain.messages import Reason, SyncCampaign, encode
from sendtrail.domain.report_habits import ReportHabits, with_uncounted
from sendtrail.errors import KeyRefused, Rejected, Retryable, Unavailable
from sendtrail.ports import LeaseCheck, TimeBudget, Topic
from sendtrail.state.documents import campaign_path, from_document, to_document
from sendtrail.state.stored_habits import StoredHabits
from sendtrail.sync.campaign_plan import new_progress, whole_campaign
from sendtrail.sync.prefetch import prefetched
from sendtrail.sync.progress.campaign_progress import (
    CampaignProgress,
    can_resume,
    continued,
    read_progress,
    resume_from,
    start_of,
    with_failure,
    with_page,
    with_seen,
    with_times,
)
from sendtrail.sync.progress.completed_sync import completed_sync
from sendtrail.sync.read_window import DEFAULT_OVERLAP, Overlap
from sendtrail.sync.sync_record import SyncRecord, credible, read_record
from sendtrail.warehouse.domain_rows import activity_row, unreadable_row
from sendtrail.warehouse.rows import Row, Table

# After so many deliveries in a row that got no further, a report that stays without an answer costs itself alone.
MAX_UNANSWERED = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignSource:
    """Where a campaign is read from, and how much of what was read before is read again."""

    lists: CampaignLists
    reports: ReportReader
    overlap: Overlap = DEFAULT_OVERLAP


def sync_campaign(
    message: SyncCampaign,
    *,
    source: CampaignSource,
    services: Services,
    budget: TimeBudget,
    read_slot: AbstractContextManager[object] | None = None,
) -> Outcome:
    """Handle one delivery of a campaign's message; return to acknowledge it, raise to have it delivered again.

    `read_slot` is held while the account is read.
    """
    task = CampaignTask(message, source, services)
    return deliver(task, services=services, budget=budget, read_slot=read_slot)


class CampaignTask:
    """A campaign's sync as the delivery protocol sees it."""

    def __init__(self, message: SyncCampaign, source: CampaignSource, services: Services) -> None:
        self._message, self._source, self._clock = message, source, services.clock
        self._habits = StoredHabits(services.state, services.clock, organization_id=message.organization_id)
        self._synced: SyncRecord | None = None
        self._progress: CampaignProgress | None = None

    @property
    def context(self) -> TaskContext:
        """Return which work it is, and where its checkpoint is stored."""
        message = self._message
        return TaskContext(
            item=message.item,
            checkpoint_path=campaign_path(message.organization_id, message.campaign_id),
            table=Table.EMAIL_ACTIVITIES,
            counts=True,
            backfill=message.backfill,
            wanted_at=message.wanted_at,
        )

    def steps(self, progress: Mapping[str, Any] | None, synced: Mapping[str, Any] | None) -> Iterator[Step]:
        """Yield the rows of what is left to read, and after each page how far it is."""
        now = self._clock.now()
        self._synced = credible(read_record(synced), now=now)
        start = read_progress(progress)
        if start is None or not (can_resume(start, self._message) and is_credible(start.started_at, now=now)):
            start = self._plan()
            yield Step(rows=(), progress=to_document(start))
        places = [
            start if index == start.index else start_of(start, index) for index in range(start.index, len(start.units))
        ]
        readers = [partial(self._source.reports.read, self._query(place)) for place in places]
        found = start
        for at, pages in zip(places, prefetched(readers), strict=True):
            found = continued(found, at)
            try:
                for page in pages:
                    found = with_page(found, at.units[at.index].report, page)
                    found = with_times(found, at.units[at.index].report, page, self._synced)
                    if at.is_first_reading(self._synced):
                        found = with_seen(found, at.units[at.index].report, page)
                    yield Step(rows=self._rows(page, at), progress=_progress(found, page))
            except KeyRefused:
                raise
            except Rejected as error:  # costs this report, not the others
                found = with_failure(found, at.units[at.index].report, str(error))
            except Unavailable as error:
                unanswered = found.unanswered + 1
                if str(error) == STOPPED or unanswered < MAX_UNANSWERED or not self._is_answered(at):
                    yield Step(rows=(), progress=to_document(replace(found, unanswered=unanswered)))
                    raise
                found = with_failure(found, at.units[at.index].report, str(error))
            found = start_of(found, at.index + 1)
            yield Step(rows=(), progress=to_document(found))

    def finish(self, progress: Mapping[str, Any], check_lease: LeaseCheck) -> Finished:  # noqa: ARG002 - writes nothing
        """Return the record of this sync, and why reports of it failed; record what it shows of the counters."""
        done = from_document(CampaignProgress, progress)
        for report, rows in done.uncounted.items():
            self._habits.observe(report, partial(_with_uncounted, rows=rows))
        return Finished(record=to_document(completed_sync(done, self._synced)), failures=list(done.failed.values()))

    def continuation(self, sequence: int) -> tuple[Topic, bytes]:
        """Return the message that goes on with this campaign."""
        return Topic.CAMPAIGNS, encode(replace(self._message, sequence=sequence))

    def _plan(self) -> CampaignProgress:
        message, now = self._message, self._clock.now()  # before the first request: what moves after it is news
        messages = self._source.lists.campaign_messages(message.campaign_id) if message.split else []
        return new_progress(
            message,
            synced=self._synced,
            messages=messages or [whole_campaign(message)],
            now=now,
            overlap=self._source.overlap,
        )

    def _query(self, at: CampaignProgress) -> ReportQuery:
        read = at.units[at.index]
        return ReportQuery(
            campaign_id=self._message.campaign_id,
            report=read.report,
            message_id=read.message_id,
            since=read.since,
            position=resume_from(at.position, first_page=read.first_page),
            expected_rows=read.expected_rows,
            changed_rows=read.changed_rows,
            to_the_end=at.reason in (Reason.AUDIT, Reason.FORCED),
            slack=timedelta() if read.is_recent else SLACK,
            first_page=read.first_page,
            expected_events=read.expected_events,
            is_split=self._message.split and not read.message_id,
        )

    def _is_answered(self, at: CampaignProgress) -> bool:
        """Return whether the account answers for another report of the campaign, so that one alone is in trouble."""
        query = self._query(at)
        other = Report.BOUNCES if query.report is not Report.BOUNCES else Report.UNSUBSCRIBES
        try:
            next(self._source.reports.read(_first_page_of(other, query)), None)
        except KeyRefused:
            raise
        except Rejected:
            return True
        except Retryable:
            return False
        return True

    def _rows(self, page: ReportPage, at: CampaignProgress) -> list[Row]:
        message, now, read = self._message, self._clock.now(), at.units[at.index]
        # What is in hand is stored, as a false end may have hidden it before; of clicks a page has a million.
        since = read.since if read.report is Report.CLICKS else at.since
        activities: list[Row] = [
            activity_row(
                activity,
                organization_id=message.organization_id,
                campaign_name=message.campaign_name,
                run_id=message.run_id,
                now=now,
            )
            for activity in page.activities
            if happened_since(activity, since)
        ]
        if not page.unreadable:
            return activities
        return activities + [
            unreadable_row(
                row,
                organization_id=message.organization_id,
                campaign_id=message.campaign_id,
                message_id=read.message_id,
                run_id=message.run_id,
                now=now,
            )
            for row in page.unreadable
        ]


def _with_uncounted(habits: ReportHabits, now: datetime, *, rows: int) -> ReportHabits:
    return with_uncounted(habits, rows, now=now)


def _first_page_of(report: Report, query: ReportQuery) -> ReportQuery:
    return replace(query, report=report, position=ReportCursor(), first_page=1, expected_rows=0, changed_rows=None)


def _progress(at: CampaignProgress, page: ReportPage) -> Mapping[str, Any] | None:
    if page.position is None:
        return None  # within a large page
    if page.position.message_id == at.position.message_id and page.position.page <= at.position.page:
        return None  # on the page that is read once more
    return to_document(replace(at, position=page.position, unanswered=0))
