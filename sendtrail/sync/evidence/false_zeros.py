"""Counters of zero that an account was caught lying about: they are unknown, so that their reports are read."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sendtrail.delivery.checkpoint import Checkpoint
from sendtrail.domain.campaign import Campaign, Counters
from sendtrail.domain.campaign_report import FED_BY, Report, counter_delta, is_empty
from sendtrail.sync.due import last_sync
from sendtrail.sync.sync_record import SyncRecord

# Reports without a counter are read each day: of campaigns that were sent lately, or that still change.
DOUBTED_FOR = timedelta(days=30)


def without_false_zeros(
    campaigns: Iterable[Campaign], checkpoints: Mapping[int, Checkpoint], *, now: datetime
) -> list[Campaign]:
    """Return campaigns without the zeros of reports of which any campaign of the account had rows all the same."""
    records = {number: record for number, each in checkpoints.items() if (record := last_sync(each)) is not None}
    doubted = {report for record in records.values() for report in record.false_zeros}
    return [_doubting(each, doubted, records.get(each.campaign_id), now=now) for each in campaigns]


def _doubting(campaign: Campaign, doubted: Iterable[Report], record: SyncRecord | None, *, now: datetime) -> Campaign:
    zeros = {name for report in doubted if is_empty(report, campaign.counters) for name in FED_BY[report]}
    if not zeros or not _is_alive(campaign, record, now=now):
        return campaign
    return replace(campaign, counters=_without(campaign.counters, zeros))


def _is_alive(campaign: Campaign, record: SyncRecord | None, *, now: datetime) -> bool:
    if record is None or counter_delta(now=campaign.counters, before=record.counters):
        return True
    sent_at = campaign.last_sent_at or campaign.sent_at
    return sent_at is None or now - sent_at <= DOUBTED_FOR


def _without(counters: Counters, names: Iterable[str]) -> Counters:
    return {name: value for name, value in counters.items() if name not in names}
