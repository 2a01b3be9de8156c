"""List an account's campaigns and publish a message for each that is due, once a run."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sendtrail.delivery.checkpoint import Checkpoint
from sendtrail.delivery.deliver import publish_failure
from sendtrail.delivery.lease import read_checkpoint
from sendtrail.delivery.services import Services
from sendtrail.domain.campaign import Campaign, CampaignLists
from sendtrail.domain.messages import SyncContacts, encode
from sendtrail.domain.timestamp_meaning import standing_rows
from sendtrail.domain.work_item import WorkItem
from sendtrail.errors import LeaseHeld
from sendtrail.logs import Event, log_event
from sendtrail.ports import Topic, Transaction
from sendtrail.state.account_status import AccountStatus, read_status, write_status
from sendtrail.state.documents import contacts_path, from_document, run_path, to_document
from sendtrail.sync.backfill_quota import has_backfill_left, within_quota
from sendtrail.sync.campaign_checkpoints import checkpoints_of
from sendtrail.sync.due import Due, Policy, Request, next_sequence
from sendtrail.sync.forecast import NOTHING, Forecast, total
from sendtrail.sync.timestamp_observation import Meanings, observe_timestamps
from sendtrail.warehouse.rows import Batch, Table, campaign_row

logger = logging.getLogger(__name__)

RUNS_ARE_KEPT = timedelta(days=90)
DISPATCH_LEASE = timedelta(minutes=3)
CAMPAIGNS = "campaigns"


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """What a run asked for: campaigns in the account, those due, and messages published (contacts included).

    `forecast` is what the campaigns that are due will take; `unknown` are those that were asked for by id and are not
    in the account.
    """

    run_id: str
    organization_id: str
    campaigns: int
    due: int
    published: int
    forecast: Forecast = NOTHING
    unknown: Sequence[int] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A run as stored: who dispatches each account's until when, and what came of it. It vanishes at `expires_at`."""

    expires_at: datetime
    leases: Mapping[str, datetime]
    summaries: Mapping[str, Summary]


def dispatch(request: Request, *, lists: CampaignLists, services: Services, policy: Policy) -> Summary:
    """Publish what is due and return the run's summary; a run that was dispatched before publishes nothing again.

    Raise LeaseHeld while another dispatcher is at the same run, Retryable for trouble that may pass.
    """
    finished = services.state.transact(lambda transaction: _open(transaction, request))
    if finished is not None:
        return finished
    campaigns = [] if request.campaign_ids == frozenset() else list(lists.campaigns())
    _merge_campaigns(campaigns, request, services)
    due_campaigns = _publish_campaigns(campaigns, _with_backfill(request, services), services, policy)
    contacts = _contacts(request, services) if request.contacts else []
    services.publisher.publish(Topic.CONTACTS, [encode(message) for message in contacts])
    summary = Summary(
        run_id=request.run_id,
        organization_id=request.organization_id,
        campaigns=len(campaigns),
        due=len(due_campaigns),
        published=len(due_campaigns) + len(contacts),
        forecast=total(each.forecast for each in due_campaigns),
        unknown=sorted((request.campaign_ids or frozenset()) - {campaign.campaign_id for campaign in campaigns}),
    )
    services.state.transact(lambda transaction: _close(transaction, summary))
    log_event(
        logger,
        Event.RUN_DISPATCHED,
        due=summary.due,
        campaigns=summary.campaigns,
        forecast_requests=summary.forecast.requests,
    )
    return summary


def _publish_campaigns(
    campaigns: Sequence[Campaign], request: Request, services: Services, policy: Policy
) -> list[Due]:
    """Publish a message for each campaign that is due, and return those; a run of contacts alone has none."""
    if request.campaign_ids == frozenset():
        return []
    checkpoints = checkpoints_of(request.organization_id, services.state)
    _report_unreadable(checkpoints.unreadable, request, services)
    readable = [each for each in campaigns if str(each.campaign_id) not in checkpoints.unreadable]
    policy = replace(policy, standing_rows=standing_rows(_observe_timestamps(request, services)))
    due_campaigns = within_quota(
        readable, checkpoints=checkpoints.readable, request=request, policy=policy, now=services.clock.now()
    )
    is_backfill_left = request.since is not None and has_backfill_left(
        readable, checkpoints=checkpoints.readable, since=request.since, out=due_campaigns
    )
    _announce_run(request, services, due_campaigns=len(due_campaigns), is_backfill_left=is_backfill_left)
    services.publisher.publish(Topic.CAMPAIGNS, [encode(each.message) for each in due_campaigns])
    return due_campaigns


def _open(transaction: Transaction, request: Request) -> Summary | None:
    run, now, organization_id = _read_run(transaction, request.run_id), transaction.now, request.organization_id
    if organization_id in run.summaries:
        return run.summaries[organization_id]
    if run.leases.get(organization_id, now) > now:
        raise LeaseHeld("this run is being dispatched already; ask again in a few minutes")
    run = replace(run, leases={**run.leases, organization_id: now + DISPATCH_LEASE})
    transaction.set(run_path(request.run_id), to_document(run))
    return None


def _with_backfill(request: Request, services: Services) -> Request:
    """Return the request with what an earlier one asked of all campaigns and no run could hand out yet."""
    if request.campaign_ids is not None:
        return request
    status = services.state.transact(lambda transaction: read_status(transaction, request.organization_id))
    before = None if status is None else status.backfill_since
    asked = [since for since in (request.since, before) if since is not None]
    return replace(request, since=min(asked, default=None))


def _observe_timestamps(request: Request, services: Services) -> Meanings:
    """Return what the times of the account's rows mean, and store it where it was observed just now."""
    organization_id = request.organization_id
    status = services.state.transact(lambda transaction: read_status(transaction, organization_id))
    meanings, observed_at = observe_timestamps(organization_id, status, services=services, now=services.clock.now())
    if status is not None and observed_at != status.timestamps_observed_at:
        services.state.transact(
            lambda transaction: _store_timestamps(transaction, organization_id, meanings, observed_at)
        )
    return meanings


def _store_timestamps(
    transaction: Transaction, organization_id: str, meanings: Meanings, observed_at: datetime | None
) -> None:
    status = read_status(transaction, organization_id)
    if status is not None:
        changed = replace(status, timestamp_meanings=meanings, timestamps_observed_at=observed_at)
        write_status(transaction, organization_id, changed)


def _announce_run(request: Request, services: Services, *, due_campaigns: int, is_backfill_left: bool) -> None:
    before = services.state.transact(
        lambda transaction: _announce(transaction, request, due_campaigns, is_backfill_left=is_backfill_left)
    )
    if before is not None and before.run_id != request.run_id and not before.is_finished:
        log_event(logger, Event.RUN_UNFINISHED, level=logging.WARNING, unfinished_run=before.run_id)


def _announce(
    transaction: Transaction, request: Request, due_campaigns: int, *, is_backfill_left: bool
) -> AccountStatus | None:
    """Open the account's status for this run and return the one of the run before."""
    before = read_status(transaction, request.organization_id)
    status = before or AccountStatus(run_id=request.run_id, last_run=transaction.now, campaigns_total=0)
    if status.run_id != request.run_id:
        status = replace(status, run_id=request.run_id, campaigns_completed=0, campaigns_failed=0)
    ended = status.campaigns_completed + status.campaigns_failed  # of this run, when it is dispatched once more
    status = replace(status, last_run=transaction.now, campaigns_total=ended + due_campaigns)
    if request.campaign_ids is None:
        status = replace(status, backfill_since=request.since if is_backfill_left else None)
    write_status(transaction, request.organization_id, status)
    return before


def _close(transaction: Transaction, summary: Summary) -> None:
    run = _read_run(transaction, summary.run_id)
    run = replace(run, summaries={**run.summaries, summary.organization_id: summary})
    transaction.set(run_path(summary.run_id), to_document(run))


def _read_run(transaction: Transaction, run_id: str) -> Run:
    document = transaction.get(run_path(run_id))
    if document is None:
        return Run(expires_at=transaction.now + RUNS_ARE_KEPT, leases={}, summaries={})
    return from_document(Run, document)


def _merge_campaigns(campaigns: Iterable[Campaign], request: Request, services: Services) -> None:
    now = services.clock.now()
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


def _report_unreadable(unreadable: Mapping[str, str], request: Request, services: Services) -> None:
    for name, reason in unreadable.items():
        logger.error("campaign %s is left out: %s", name, reason)
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
