"""Find the reports of which all is stored that the account counts: nothing of theirs can have come in late."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sendtrail.delivery.checkpoint import Checkpoint
from sendtrail.delivery.services import Services
from sendtrail.domain.campaign import Campaign
from sendtrail.domain.campaign_report import Report, changed_reports
from sendtrail.domain.stored_counts import COUNTED_REPORTS, StoredCounts, is_all_stored
from sendtrail.sync.due import Policy, Request, last_sync
from sendtrail.sync.read_window import needs_wide_overlap
from sendtrail.sync.settling import reports_to_settle
from sendtrail.sync.sync_record import SyncRecord

logger = logging.getLogger(__name__)

# A clock of the account that is wrong, and the zone of its days.
MARGIN = timedelta(days=2)


def complete_reports(
    campaigns: Iterable[Campaign],
    *,
    request: Request,
    checkpoints: Mapping[int, Checkpoint],
    policy: Policy,
    services: Services,
) -> Mapping[int, tuple[Report, ...]]:
    """Return the reports, by campaign, that were complete at the last sync, as far as it matters now.

    The warehouse is asked once, and only where a report is about to be read by its wide overlap.
    """
    now = services.clock.now()
    asked = [
        (campaign, synced, report)
        for campaign in campaigns
        if (synced := last_sync(checkpoints.get(campaign.campaign_id))) and _is_young(campaign, policy, now=now)
        for report in COUNTED_REPORTS
        if _is_about_to_be_read(report, campaign, synced, settle=policy.settle, now=now)
    ]
    if not asked:
        return {}
    first_sent = min(campaign.sent_at or now for campaign, *_ in asked)
    try:
        stored = services.warehouse.stored_counts(request.organization_id, since=(first_sent - MARGIN).date())
    except Exception as error:  # noqa: BLE001 - reading more than necessary loses nothing, whatever is wrong
        logger.warning("what is stored cannot be counted: %s", error)
        return {}
    complete = defaultdict[int, tuple[Report, ...]](tuple)
    for campaign, synced, report in asked:
        found = stored.get((campaign.campaign_id, COUNTED_REPORTS[report]), StoredCounts())
        if is_all_stored(report, found, before=synced.counters, now=campaign.counters):
            complete[campaign.campaign_id] += (report,)
    return complete


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
