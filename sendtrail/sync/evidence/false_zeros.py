"""Counters of zero that are not to be believed: they are unknown, so that their reports are read.

That is those of reports that an account was caught lying about or whose counters do not follow (`stale`), those that
other counters of the same campaign contradict, and, before anything is known of an account, those of a few campaigns,
as a sample.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime, timedelta

from sendtrail.delivery.checkpoint import Checkpoint
from sendtrail.domain.campaign import Campaign, Counters
from sendtrail.domain.campaign_report import FED_BY, Report, counter_delta, is_empty
from sendtrail.sync.due import last_sync
from sendtrail.sync.sync_record import SyncRecord

# Reports without a counter are read each day: of campaigns that were sent lately, or that still change.
DOUBTED_FOR = timedelta(days=30)
# So many campaigns are asked for each report at the first sync of an account: one to three requests each.
SAMPLE = 3
# Whoever clicks or forwards an e-mail has opened it.
CONTRADICTED_BY: Mapping[Report, Sequence[Report]] = {Report.OPENS: (Report.CLICKS, Report.FORWARDS)}


def without_false_zeros(
    campaigns: Iterable[Campaign],
    checkpoints: Mapping[int, Checkpoint],
    *,
    now: datetime,
    stale: Sequence[Report] = (),
) -> list[Campaign]:
    """Return campaigns without the zeros of reports that may have rows all the same."""
    records = {number: record for number, each in checkpoints.items() if (record := last_sync(each)) is not None}
    lied = {*stale, *(report for record in records.values() for report in record.false_zeros)}
    found = list(campaigns)
    sample = {} if checkpoints else sampled(found)
    return [
        _doubting(
            each,
            lied | _contradicted(each.counters),
            always=sample.get(each.campaign_id, frozenset()),
            record=records.get(each.campaign_id),
            now=now,
        )
        for each in found
    ]


def sampled(campaigns: Sequence[Campaign]) -> Mapping[int, AbstractSet[Report]]:
    """Return the reports, by campaign, whose zeros are looked at before an account is known: of those sent to most."""
    found: dict[int, set[Report]] = {}
    largest = sorted((each for each in campaigns if each.was_sent), key=_size, reverse=True)
    for report in Report:
        for campaign in [each for each in largest if is_empty(report, each.counters)][:SAMPLE]:
            found.setdefault(campaign.campaign_id, set()).add(report)
    return found


def _size(campaign: Campaign) -> int:
    return campaign.counters.get("send_amt", 0)


def _contradicted(counters: Counters) -> AbstractSet[Report]:
    return {
        report
        for report, others in CONTRADICTED_BY.items()
        if any(counters.get(name, 0) > 0 for other in others for name in FED_BY[other])
    }


def _doubting(
    campaign: Campaign,
    doubted: AbstractSet[Report],
    *,
    always: AbstractSet[Report],
    record: SyncRecord | None,
    now: datetime,
) -> Campaign:
    reports = always | doubted if _is_alive(campaign, record, now=now) else always
    zeros = {name for report in reports if is_empty(report, campaign.counters) for name in FED_BY[report]}
    return replace(campaign, counters=_without(campaign.counters, zeros)) if zeros else campaign


def _is_alive(campaign: Campaign, record: SyncRecord | None, *, now: datetime) -> bool:
    if record is None or counter_delta(now=campaign.counters, before=record.counters):
        return True
    sent_at = campaign.last_sent_at or campaign.sent_at
    return sent_at is None or now - sent_at <= DOUBTED_FOR


def _without(counters: Counters, names: Iterable[str]) -> Counters:
    return {name: value for name, value in counters.items() if name not in names}
