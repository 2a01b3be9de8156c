"""List an account's campaigns and publish a message for each that is due, once a run."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from sendtrail.delivery.checkpoint import Checkpoint
from sendtrail.delivery.failures import publish_failure
from sendtrail.delivery.lease import read_checkpoint
from sendtrail.delivery.services import Services
from sendtrail.domain.campaign import Campaign, CampaignLists
from sendtrail.domain.messages import SyncContacts, encode
from sendtrail.domain.wants import NO_WANTS, StillWanted, Want, Wants, spread, summarised, within, without
from sendtrail.domain.work_item import WorkItem
from sendtrail.errors import BadDocument
from sendtrail.logs import Event, log_event
from sendtrail.metrics.recording import NO_METRICS
from sendtrail.ports import Topic, Transaction
from sendtrail.state.account_pause import was_paused_since
from sendtrail.state.account_status import AccountStatus, read_status, write_status
from sendtrail.state.documents import contacts_path
from sendtrail.state.run_usage import NO_USAGE
from sendtrail.state.stored_wants import settle_wants
from sendtrail.sync.backfill_quota import within_quota
from sendtrail.sync.campaign_checkpoints import Checkpoints, checkpoints_of, fulfilled_wants, wants_of_others
from sendtrail.sync.due import Due, Policy, Request, RunKind, next_sequence
from sendtrail.sync.evidence.account_evidence import with_evidence
from sendtrail.sync.evidence.vanished_campaigns import AcceptedDeletions, ListedCampaigns, listed_campaigns
from sendtrail.sync.forecast import total
from sendtrail.sync.overview.gaps import gaps_of, measure_state
from sendtrail.sync.runs.record_run import record_run_before
from sendtrail.sync.runs.stored_run import Begun, Summary, begin_run, close_run
from sendtrail.sync.subjects.read_subject_lines import SUBJECT_LINES, read_subject_lines
from sendtrail.sync.subjects.subject_lines import NO_SUBJECT_LINES, SubjectLines
from sendtrail.warehouse.domain_rows import campaign_row
from sendtrail.warehouse.rows import Batch, Table

logger = logging.getLogger(__name__)

CAMPAIGNS = "campaigns"
_EXPIRED = "what is asked for reaches back beyond what the warehouse keeps: nothing before %s is read"
_UNFINISHED = "the run before this one did not come to its end: it left {} of {} campaigns, which go on"


def dispatch(request: Request, *, lists: CampaignLists, services: Services, policy: Policy) -> Summary:
    """Publish what is due and return the run's summary; a run that was dispatched before publishes nothing again.

    Raise LeaseHeld while another dispatcher is at the same run, Retryable for trouble that may pass.
    """
    begun = begin_run(request, services)
    return begun if isinstance(begun, Summary) else dispatch_begun(begun, lists=lists, services=services, policy=policy)


def dispatch_begun(begun: Begun, *, lists: CampaignLists, services: Services, policy: Policy) -> Summary:
    """Publish what is due in a run that has begun, and return its summary."""
    request = begun.asked
    if begun.problem:
        _report({"wants": begun.problem}, request, services)
    published = (
        _Published() if request.kind is RunKind.CONTACTS else _dispatch_campaigns(begun, lists, services, policy)
    )
    contacts = _contacts(request, services) if request.contacts else []
    services.publisher.publish(Topic.CONTACTS, [encode(message) for message in contacts])
    summary = _summary(begun, published, contacts=len(contacts), now=services.clock.now())
    close_run(summary, services)
    log_event(
        logger,
        Event.RUN_DISPATCHED,
        kind=request.kind,
        due=summary.due,
        campaigns=summary.campaigns,
        forecast_requests=summary.forecast.requests,
    )
    return summary


@dataclass(frozen=True, kw_only=True, slots=True)
class _Published:
    """The account's campaigns, those of them that are due, and all that is wanted."""

    campaigns: Sequence[Campaign] = ()
    due: Sequence[Due] = ()
    wants: Wants = NO_WANTS
    subjects: SubjectLines = NO_SUBJECT_LINES


def _dispatch_campaigns(begun: Begun, lists: CampaignLists, services: Services, policy: Policy) -> _Published:
    organization_id = begun.asked.organization_id
    listed_at = services.clock.now()  # before they are listed: a dispatcher that is frozen has old ones in hand
    campaigns = list(lists.campaigns())
    checkpoints = checkpoints_of(organization_id, services.state, now=services.clock.now())
    found = listed_campaigns(
        campaigns,
        checkpoints=checkpoints.readable,
        lists=lists,
        accepted=AcceptedDeletions(state=services.state, organization_id=organization_id, guard=policy.deletions),
        now=services.clock.now(),
    )
    _merge_campaigns(found.campaigns, begun.asked, services, now=listed_at)
    published = _publish_campaigns(found, begun, services, policy, checkpoints=checkpoints)
    return replace(published, subjects=_subjects(found, begun.request, lists, services))


def _subjects(found: ListedCampaigns, request: Request, lists: CampaignLists, services: Services) -> SubjectLines:
    """Read subject lines after everything else: whoever asks for some campaigns is not made to wait for all."""
    if request.kind is not RunKind.CAMPAIGNS:
        return NO_SUBJECT_LINES
    item = WorkItem(organization_id=request.organization_id, subject=SUBJECT_LINES, run_id=request.run_id, sequence=1)
    return read_subject_lines(found.campaigns, lists=lists, services=services, item=item)


def _summary(begun: Begun, published: _Published, *, contacts: int, now: datetime) -> Summary:
    request, wants = begun.asked, published.wants
    known = {campaign.campaign_id for campaign in published.campaigns}
    return Summary(
        run_id=request.run_id,
        organization_id=request.organization_id,
        campaigns=len(published.campaigns),
        due=len(published.due),
        published=len(published.due) + contacts,
        forecast=total(each.forecast for each in published.due),
        unknown=sorted((request.campaign_ids or frozenset()) - known),
        still_wanted=_from_earlier(wants, begun.wants_before, request, now=now),
        subjects=published.subjects,
        left_wanted=summarised(want for number, want in wants.of_campaigns.items() if not request.covers(number)),
    )


def _publish_campaigns(
    found: ListedCampaigns, begun: Begun, services: Services, policy: Policy, *, checkpoints: Checkpoints
) -> _Published:
    """Publish a message for each campaign that is due."""
    campaigns, request = found.campaigns, begun.request
    sent = (*(campaign.campaign_id for campaign in campaigns if campaign.was_sent), *found.vanished)
    request = replace(request, wants=spread(request.wants, sent))
    ended = {
        **fulfilled_wants(request.wants, checkpoints.readable, kept_since=policy.floor),
        **_without_campaign(campaigns, sent, request),
    }
    left = without(request.wants, ended)
    request = replace(request, wants=within(left, policy.floor))
    if request.wants != left:
        logger.warning(_EXPIRED, policy.floor)
    left_out = {**checkpoints.unreadable, **({CAMPAIGNS: found.problem} if found.problem else {})}
    _report(left_out, request, services)
    readable, policy = with_evidence(
        [each for each in campaigns if str(each.campaign_id) not in checkpoints.unreadable],
        checkpoints.readable,
        request=request,
        services=services,
        policy=policy,
    )
    due_campaigns = within_quota(
        readable, checkpoints=checkpoints.readable, request=request, policy=policy, now=services.clock.now()
    )
    is_whole = request.kind is RunKind.CAMPAIGNS and not left_out
    run = _Run(
        request=request,
        due_campaigns=len(due_campaigns),
        is_whole=is_whole,
        left_out=len(left_out) + bool(begun.problem),
        counted_at=policy.counted_at,
    )
    before = _announce_run(run, services, sent=sent, ended=ended)
    _measure(before, checkpoints, request, services)
    record_run_before(before, request.organization_id, run_id=request.run_id, services=services)
    services.publisher.publish(Topic.CAMPAIGNS, [encode(each.message) for each in due_campaigns])
    return _Published(campaigns=campaigns, due=due_campaigns, wants=request.wants)


def _without_campaign(campaigns: Sequence[Campaign], sent: Sequence[int], request: Request) -> Mapping[int, Want]:
    """Return the wants of campaigns that are no longer in the account, or were never sent; an empty list has none."""
    if not campaigns:
        return {}
    found = wants_of_others(request.wants, sent)
    for campaign_id in found:
        logger.warning("campaign %d is not in the account, or was never sent: nothing is wanted of it", campaign_id)
    return found


def _from_earlier(wants: Wants, before: Wants, request: Request, *, now: datetime) -> list[StillWanted]:
    """Return what was wanted before this request and is still open, but for what this request asks for as well."""
    found = {number: before.of(number) for number in wants.of_campaigns if request.covers(number)}
    own = {number: request.want(number, now=now) for number in found}
    return summarised(
        want for number, want in found.items() if want and not ((mine := own[number]) and mine.covers(want))
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Run:
    """A run whose campaigns are known; `is_whole`: none of the account's was left out.

    `left_out` is how much could not be read, and is reported; `counted_at` when the warehouse last counted.
    """

    request: Request
    due_campaigns: int
    is_whole: bool
    left_out: int
    counted_at: datetime | None


def _announce_run(
    run: _Run, services: Services, *, sent: tuple[int, ...], ended: Mapping[int, Want]
) -> AccountStatus | None:
    """Store that a run begins; return the account's status before."""
    request = run.request

    def work(transaction: Transaction) -> tuple[AccountStatus | None, bool]:
        before = read_status(transaction, request.organization_id)
        was_paused = before is not None and was_paused_since(transaction, request.organization_id, before.last_run)
        after = _opened(before, run, now=transaction.now)
        with suppress(BadDocument):  # reported by now
            wants = settle_wants(transaction, request.organization_id, campaigns=sent, ended=ended)
            after = replace(after, backfill_since=wants.backfill_since)
        write_status(transaction, request.organization_id, after)
        return before, was_paused

    before, was_paused = services.state.transact(work)
    if before is not None and before.run_id != request.run_id and not before.is_finished and not was_paused:
        log_event(
            logger,
            Event.RUN_UNFINISHED,
            level=logging.WARNING,
            sentence=_UNFINISHED.format(before.campaigns_left, before.campaigns_total),
            unfinished_run=before.run_id,
        )
    return before


def _measure(before: AccountStatus | None, checkpoints: Checkpoints, request: Request, services: Services) -> None:
    """Measure what is missing of an account as a run begins, where somebody measures."""
    if services.metrics is not NO_METRICS:
        gaps, now = gaps_of(checkpoints, request.wants), services.clock.now()
        measure_state(services.metrics, request.organization_id, gaps, status=before, now=now)


def _opened(before: AccountStatus | None, run: _Run, *, now: datetime) -> AccountStatus:
    """Return the account's status at the begin of this run."""
    request = run.request
    status = before or AccountStatus(run_id=request.run_id, last_run=now, campaigns_total=0)
    if status.run_id != request.run_id:
        status = replace(
            status, run_id=request.run_id, campaigns_completed=0, campaigns_failed=0, ended_at=None, usage=NO_USAGE
        )
    ended = status.campaigns_completed + status.campaigns_failed  # of this run, when it is dispatched once more
    status = replace(
        status,
        last_run=now,
        campaigns_total=ended + run.due_campaigns,
        is_whole=run.is_whole,
        left_out=run.left_out,
        counted_at=run.counted_at,
    )
    return (replace(status, ended_at=now) if status.is_finished else status).with_success()


def _merge_campaigns(campaigns: Iterable[Campaign], request: Request, services: Services, *, now: datetime) -> None:
    rows = [campaign_row(c, organization_id=request.organization_id, now=now) for c in campaigns]
    batch = Batch(
        table=Table.CAMPAIGNS,
        item=WorkItem(organization_id=request.organization_id, subject=CAMPAIGNS, run_id=request.run_id, sequence=1),
        number=0,
        rows=rows,
        delivery=services.new_token(),
    )
    if rows:
        services.warehouse.merge(batch)


def _report(unreadable: Mapping[str, str], request: Request, services: Services) -> None:
    """Publish what is left out of this run, with the reason: campaigns by their ids."""
    for name, reason in unreadable.items():
        logger.error("%s left out: %s", f"campaign {name} is" if name.isdecimal() else f"{name} are", reason)
        item = WorkItem(organization_id=request.organization_id, subject=name, run_id=request.run_id, sequence=0)
        publish_failure(services, item, reason=reason)


def _contacts(request: Request, services: Services) -> list[SyncContacts]:
    path = contacts_path(request.organization_id)

    def work(transaction: Transaction) -> tuple[Checkpoint | None, datetime]:
        return read_checkpoint(transaction, path), transaction.now

    checkpoint, now = services.state.transact(work)
    if checkpoint is not None and checkpoint.is_held(now):
        return []
    return [
        SyncContacts(organization_id=request.organization_id, run_id=request.run_id, sequence=next_sequence(checkpoint))
    ]
