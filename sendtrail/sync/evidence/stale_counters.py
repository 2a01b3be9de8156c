"""Counters that do not follow their rows, or may not: reports that are read whatever these say. Pure.

Workers notice rows that came while counters stood still (`uncounted_rows`). But they notice nothing where nothing is
read because all counters stand still. So where a report's counters moved in no campaign for a day, the looks that are
due there are taken although all that is counted is stored, and after a week the liveliest campaign is looked at.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sendtrail.domain.campaign import Campaign
from sendtrail.domain.campaign_report import Report, has_changed, is_empty
from sendtrail.sync.read_window import DEEP_EVERY
from sendtrail.sync.sync_record import SyncRecord

# After this share of the time for which a campaign was quiet, its rows are looked for again, but daily at the most.
SHARE_OF_QUIET = 0.1
# Where nothing of a report was read for so long, nobody knows whether its counters still follow.
LOOKED_AT_EVERY = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class DoubtedCounters:
    """What is not believed of an account's counters.

    `stale` are the reports whose counters were seen not to follow, `still` those whose counters stand still in every
    campaign, `due` the reports that are to be read now for either reason, by campaign.
    """

    stale: tuple[Report, ...] = ()
    still: tuple[Report, ...] = ()
    due: Mapping[int, tuple[Report, ...]] = field(default_factory=dict)


# What is known of the counters of each campaign that was synced: now, and at its last sync.
Synced = Iterable[tuple[Campaign, SyncRecord]]


def doubted_counters(synced: Synced, *, stale: tuple[Report, ...], settle: timedelta, now: datetime) -> DoubtedCounters:
    """Return which counters are doubted in a run, where those of `stale` were seen not to follow.

    Where some do not, others that stand still may not either.
    """
    known = list(synced)
    still = tuple(report for report in Report if not _has_moved(report, known, since=now - settle))
    stale = tuple(report for report in Report if report in stale or (stale and report in still))
    due = defaultdict[int, tuple[Report, ...]](tuple)
    for report in Report:
        for campaign in _to_look_at(report, known, is_stale=report in stale, is_still=report in still, now=now):
            due[campaign.campaign_id] += (report,)
    return DoubtedCounters(stale=stale, still=still, due=due)


def _has_moved(report: Report, known: Synced, *, since: datetime) -> bool:
    """Return whether the counters of any campaign moved since then, as far as a sync has noticed or does now."""
    return any(
        has_changed(report, now=campaign.counters, before=record.counters)
        or (report in record.to_settle and record.to_settle[report].changed_at > since)
        for campaign, record in known
    )


def _to_look_at(report: Report, known: Synced, *, is_stale: bool, is_still: bool, now: datetime) -> Iterable[Campaign]:
    """Return the campaigns of which a report is to be read although its counters stand still."""
    listed = [each for each in known if not is_empty(report, each[0].counters)]
    if is_stale:
        return [campaign for campaign, record in listed if _is_old(report, campaign, record, now=now)]
    if not is_still or any(_read_at(report, record) > now - LOOKED_AT_EVERY for _, record in listed):
        return []
    return [campaign for campaign, _ in sorted(listed, key=lambda each: _quiet_for(*each, now=now))[:1]]


def _is_old(report: Report, campaign: Campaign, record: SyncRecord, *, now: datetime) -> bool:
    return now - _read_at(report, record) >= max(DEEP_EVERY, _quiet_for(campaign, record, now=now) * SHARE_OF_QUIET)


def _read_at(report: Report, record: SyncRecord) -> datetime:
    return record.watermarks.get(report, record.synced_at)


def _quiet_for(campaign: Campaign, record: SyncRecord, *, now: datetime) -> timedelta:
    """Return how long ago a campaign was sent, or anything of it happened that was seen."""
    moments = [*record.latest.values(), *filter(None, (campaign.last_sent_at or campaign.sent_at,))]
    return max(timedelta(), now - max(moments, default=now))
