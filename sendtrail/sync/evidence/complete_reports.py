"""Find the reports of which all is stored that the account counts: nothing of theirs can have come in late.

BigQuery bills each question for all rows since the oldest campaign in question was sent, however few campaigns it is
about. So a whole run that comes shortly after an answer asks nothing, and leaves what needs one to a later run.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sendtrail.delivery.checkpoint import Checkpoint
from sendtrail.delivery.services import Services
from sendtrail.domain.campaign import Campaign
from sendtrail.domain.campaign_report import Report, changed_reports
from sendtrail.domain.stored_counts import COUNTED_REPORTS, StoredCounts, is_all_stored
from sendtrail.sync.due import Policy, Request, RunKind, last_sync
from sendtrail.sync.read_window import needs_wide_overlap
from sendtrail.sync.settling import is_sound, reports_to_settle
from sendtrail.sync.sync_record import SyncRecord

logger = logging.getLogger(__name__)

# A clock of the account that is wrong, and the zone of its days.
MARGIN = timedelta(days=2)


ReportsOfCampaigns = Mapping[int, tuple[Report, ...]]
# A campaign, its last sync, and one of its reports.
_Asked = tuple[Campaign, SyncRecord, Report]


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredReports:
    """The reports, by campaign, that were `complete` at the last sync, and those `postponed` until that is known.

    `counted_at` is when the warehouse last answered a whole run.
    """

    complete: ReportsOfCampaigns = field(default_factory=dict)
    postponed: ReportsOfCampaigns = field(default_factory=dict)
    counted_at: datetime | None = None


def complete_reports(
    campaigns: Iterable[Campaign],
    *,
    request: Request,
    checkpoints: Mapping[int, Checkpoint],
    counted_at: datetime | None,
    policy: Policy,
    services: Services,
) -> StoredReports:
    """Return what is known of the reports that are about to be read by their wide overlap.

    The warehouse is asked once, and only where there are any; a run of named campaigns asks whenever it was asked last.
    """
    now = services.clock.now()
    asked = [
        (campaign, synced, report)
        for campaign in campaigns
        if (synced := last_sync(checkpoints.get(campaign.campaign_id))) and _is_young(campaign, policy, now=now)
        for report in COUNTED_REPORTS
        if _is_about_to_be_read(report, campaign, synced, settle=policy.settle, now=now)
    ]
    is_whole = request.kind is RunKind.CAMPAIGNS
    if is_whole and counted_at is not None and timedelta() <= now - counted_at < policy.counted_every:
        waiting = [each for each in asked if _may_wait(each, settle=policy.settle, now=now)]
        return StoredReports(postponed=_by_campaign(waiting), counted_at=counted_at)
    complete = _ask(asked, request.organization_id, services) if asked else None
    if complete is None:
        return StoredReports(counted_at=counted_at)
    return StoredReports(complete=_by_campaign(complete), counted_at=now if is_whole else counted_at)


def _ask(asked: Sequence[_Asked], organization_id: str, services: Services) -> Sequence[_Asked] | None:
    """Return those of which all is stored, None where the warehouse does not answer."""
    first_sent = min(campaign.sent_at or services.clock.now() for campaign, *_ in asked)
    try:
        stored = services.warehouse.stored_counts(organization_id, since=(first_sent - MARGIN).date())
    except Exception as error:  # noqa: BLE001 - reading more than necessary loses nothing, whatever is wrong
        logger.warning("what is stored cannot be counted: %s", error)
        return None
    return [
        (campaign, synced, report)
        for campaign, synced, report in asked
        if is_all_stored(
            report,
            stored.get((campaign.campaign_id, COUNTED_REPORTS[report]), StoredCounts()),
            before=synced.counters,
            now=campaign.counters,
        )
    ]


def _by_campaign(found: Iterable[_Asked]) -> ReportsOfCampaigns:
    reports = defaultdict[int, tuple[Report, ...]](tuple)
    for campaign, _, report in found:
        reports[campaign.campaign_id] += (report,)
    return reports


def _may_wait(asked: _Asked, *, settle: timedelta, now: datetime) -> bool:
    """Return whether a report may be read later: not where rows are known to be missing.

    Nor where a look is due at one that changes: read by what is new alone, it counts from now on as just looked at.
    """
    campaign, synced, report = asked
    settling = synced.to_settle.get(report)
    if settling is not None and not is_sound(settling, now):
        return False
    is_looked_at = report in reports_to_settle(synced.to_settle, now=now, settle=settle)
    return not is_looked_at or report not in changed_reports(now=campaign.counters, before=synced.counters)


def _is_young(campaign: Campaign, policy: Policy, *, now: datetime) -> bool:
    """Return whether the rows of a campaign can be counted at a bounded price."""
    return campaign.sent_at is not None and timedelta() <= now - campaign.sent_at <= policy.counted


def _is_about_to_be_read(
    report: Report, campaign: Campaign, synced: SyncRecord, *, settle: timedelta, now: datetime
) -> bool:
    """Return whether a report is due, and no longer by what is new alone."""
    changing = changed_reports(now=campaign.counters, before=synced.counters)
    if report in reports_to_settle(synced.to_settle, now=now, settle=settle, changing=changing):
        return True
    return report in changing and needs_wide_overlap(report, synced, now=now)
