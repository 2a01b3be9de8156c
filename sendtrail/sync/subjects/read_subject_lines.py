"""Reads the subject lines of campaigns that are new or were edited, and stores them.

Nobody waits for them: what the account refuses, or does not answer, costs the subject lines and nothing else.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sendtrail.delivery.services import Services
from sendtrail.domain.campaign import LIST_LIMIT, Campaign, CampaignLists, CampaignMessage
from sendtrail.domain.work_item import WorkItem
from sendtrail.errors import KeyRefused, PermissionRefused, Rejected, Retryable
from sendtrail.ports import State
from sendtrail.state.read_subjects import ReadSubjects, read_subjects, record_subjects
from sendtrail.sync.subjects.subject_lines import NO_SUBJECT_LINES, SubjectLines
from sendtrail.sync.subjects.subject_plan import SubjectPlan, edit_mark, subject_plan
from sendtrail.warehouse.domain_rows import message_row
from sendtrail.warehouse.rows import Batch, MessageRow, Table

logger = logging.getLogger(__name__)

SUBJECT_LINES = "subject_lines"
# Somebody may have given the permission; asking takes a request.
ASKED_AGAIN_AFTER = timedelta(days=1)


def read_subject_lines(
    campaigns: Sequence[Campaign], *, lists: CampaignLists, services: Services, item: WorkItem
) -> SubjectLines:
    """Read and store the subject lines of campaigns that are new or were edited; return what came of it."""
    known = services.state.transact(lambda transaction: read_subjects(transaction, item.organization_id))
    plan = subject_plan(campaigns, known.campaigns)
    wanted = [*plan.listed, *plan.one_by_one, *plan.left]
    now = services.clock.now()
    if not wanted:
        return NO_SUBJECT_LINES
    if _was_refused(known, now=now):
        return SubjectLines(unknown=len(wanted), problem="the account refuses to show its messages")
    reading = _Reading(lists)
    try:
        reading.run(plan)
    except (KeyRefused, PermissionRefused) as error:
        reading.refuse(error)
    except (Retryable, Rejected) as error:
        reading.problem = str(error)
    _store(reading, services, item, now=now)
    return _result(reading, wanted)


def planned_subject_lines(
    campaigns: Sequence[Campaign], *, organization_id: str, state: State, now: datetime
) -> SubjectPlan:
    """Return of which campaigns the next run reads subject lines, and how."""
    known = state.transact(lambda transaction: read_subjects(transaction, organization_id))
    return SubjectPlan() if _was_refused(known, now=now) else subject_plan(campaigns, known.campaigns)


@dataclass
class _Reading:
    """The subject lines that were read so far, by campaign, and what prevented more."""

    lists: CampaignLists
    found: dict[int, Sequence[CampaignMessage]] = field(default_factory=dict)
    marks: dict[int, int] = field(default_factory=dict)
    requests: int = 0
    problem: str = ""
    is_refused: bool = False

    def run(self, plan: SubjectPlan) -> None:
        """Read what is planned; raise where the account refuses all, or does not answer."""
        for campaign in (*self._not_listed(plan.listed), *plan.one_by_one):
            self.requests += 1
            self._keep(campaign, self._messages_of(campaign))

    def refuse(self, error: Rejected) -> None:
        """Take note that the account shows no messages."""
        self.problem, self.is_refused = str(error), True

    def _not_listed(self, wanted: Sequence[Campaign]) -> Iterable[Campaign]:
        """Read campaigns out of the list of all messages; return those that it leaves to be read one by one."""
        if not wanted:
            return ()
        self.requests += 1
        listed = dict[str, CampaignMessage]()
        try:
            listed = {each.message_id: each for each in self.lists.all_messages()}
        except Rejected as error:
            logger.warning("the list of messages cannot be read, so campaigns are asked for theirs: %s", error)
            # A key that may not read it may still read those of a campaign: the first one shows it.
        self.requests += len(listed) // LIST_LIMIT
        for campaign in wanted:
            if campaign.message_id in listed:
                self._keep(campaign, [listed[campaign.message_id]])
        return [each for each in wanted if each.campaign_id not in self.marks]

    def _messages_of(self, campaign: Campaign) -> Sequence[CampaignMessage]:
        try:
            return self.lists.campaign_messages(campaign.campaign_id)
        except (KeyRefused, PermissionRefused):
            raise
        except Rejected as error:
            logger.warning("the subject lines of campaign %d stay unknown: %s", campaign.campaign_id, error)
            return ()

    def _keep(self, campaign: Campaign, messages: Sequence[CampaignMessage]) -> None:
        self.marks[campaign.campaign_id] = edit_mark(campaign)
        self.found[campaign.campaign_id] = messages


def _was_refused(known: ReadSubjects, *, now: datetime) -> bool:
    return known.refused_at is not None and timedelta() <= now - known.refused_at < ASKED_AGAIN_AFTER


def _store(reading: _Reading, services: Services, item: WorkItem, *, now: datetime) -> None:
    """Merge what was read, and record it only then: a run that is killed in between reads it again."""
    rows = list(_rows(reading, item, now=now))
    try:
        if rows:
            batch = Batch(table=Table.MESSAGES, item=item, number=0, rows=rows, delivery=services.new_token())
            services.warehouse.merge(batch)
    except (Retryable, Rejected) as error:
        reading.problem, reading.marks = str(error), {}
    refused_at = now if reading.is_refused else None
    services.state.transact(
        lambda transaction: record_subjects(transaction, item.organization_id, reading.marks, refused_at=refused_at)
    )


def _rows(reading: _Reading, item: WorkItem, *, now: datetime) -> Iterable[MessageRow]:
    for campaign_id, messages in reading.found.items():
        for each in messages:
            yield message_row(each, organization_id=item.organization_id, campaign_id=campaign_id, now=now)


def _result(reading: _Reading, wanted: Sequence[Campaign]) -> SubjectLines:
    unknown = sum(each.campaign_id not in reading.marks for each in wanted)
    if reading.problem:
        logger.warning("the subject lines of %d campaigns stay unknown for now: %s", unknown, reading.problem)
    elif unknown:
        logger.info("the subject lines of %d campaigns are read by later runs", unknown)
    return SubjectLines(read=len(reading.marks), unknown=unknown, requests=reading.requests, problem=reading.problem)
