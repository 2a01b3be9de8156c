"""What a run knows of an account beyond its words: which counters follow, what its times mean, what is all stored."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sendtrail.clock import is_credible
from sendtrail.delivery.checkpoint import Checkpoint
from sendtrail.delivery.services import Services
from sendtrail.domain.campaign import Campaign
from sendtrail.domain.campaign_report import Report
from sendtrail.domain.timestamp_meaning import standing_rows
from sendtrail.ports import Transaction
from sendtrail.state.account_status import AccountStatus, read_status, write_status
from sendtrail.state.stored_habits import stale_counters
from sendtrail.sync.due import Policy, Request, last_sync
from sendtrail.sync.evidence.audit_comparison import audits
from sendtrail.sync.evidence.complete_reports import complete_reports
from sendtrail.sync.evidence.false_zeros import without_false_zeros
from sendtrail.sync.evidence.stale_counters import doubted_counters
from sendtrail.sync.sync_record import SyncRecord
from sendtrail.sync.timestamp_observation import Meanings, observe_timestamps

logger = logging.getLogger(__name__)

_STALE = (
    "the account's counters of %s stand still while rows come: these reports are read whatever their counters say, "
    "daily while something happens in a campaign, and later after a tenth of the time for which nothing did"
)


def with_evidence(
    campaigns: Sequence[Campaign],
    checkpoints: Mapping[int, Checkpoint],
    *,
    request: Request,
    services: Services,
    policy: Policy,
) -> tuple[Sequence[Campaign], Policy]:
    """Return the campaigns without zeros that are no counters, and the policy with what was observed of the account."""
    now = services.clock.now()
    stale = stale_counters(request.organization_id, services.state, now=now)
    if stale:
        logger.warning(_STALE, ", ".join(stale))
    readable = without_false_zeros(campaigns, checkpoints, now=now, stale=stale)
    status = services.state.transact(lambda transaction: read_status(transaction, request.organization_id))
    stored = complete_reports(
        readable,
        request=request,
        checkpoints=checkpoints,
        counted_at=None if status is None else status.counted_at,
        policy=policy,
        services=services,
    )
    records = list(_with_records(readable, checkpoints))
    doubted = doubted_counters(records, stale=stale, settle=policy.settle, now=services.clock.now())
    found = audits(records, stale=doubted.stale, request=request, policy=policy, services=services)
    complete = {
        **stored.complete,
        **{number: (*stored.complete.get(number, ()), *looks) for number, looks in found.looks.items()},
    }
    return readable, replace(
        policy,
        standing_rows=standing_rows(_observe_timestamps(request.organization_id, status, services)),
        complete=_without_stale(complete, stale),
        postponed=stored.postponed,
        counted_at=stored.counted_at,
        doubted=doubted,
        audits=found,
    )


def _without_stale(
    complete: Mapping[int, Sequence[Report]], stale: Sequence[Report]
) -> Mapping[int, tuple[Report, ...]]:
    """Return the reports of which all is stored, without those whose counters do not say how much that is."""
    return {number: tuple(each for each in reports if each not in stale) for number, reports in complete.items()}


def _with_records(
    campaigns: Iterable[Campaign], checkpoints: Mapping[int, Checkpoint]
) -> Iterator[tuple[Campaign, SyncRecord]]:
    for campaign in campaigns:
        if record := last_sync(checkpoints.get(campaign.campaign_id)):
            yield campaign, record


def _observe_timestamps(organization_id: str, status: AccountStatus | None, services: Services) -> Meanings:
    """Return what the times of the account's rows mean, and store it where it was observed just now."""
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
    if status is not None and not _is_older(observed_at, status.timestamps_observed_at, now=transaction.now):
        changed = replace(status, timestamp_meanings=meanings, timestamps_observed_at=observed_at)
        write_status(transaction, organization_id, changed)


def _is_older(moment: datetime | None, stored: datetime | None, *, now: datetime) -> bool:
    """Return whether a dispatcher that was frozen would replace what another one has stored since."""
    return moment is not None and stored is not None and moment < stored and is_credible(stored, now=now)
