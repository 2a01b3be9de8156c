"""What an account's campaigns let expect of its months: an estimate, before anything was read."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil

from sendtrail.domain.campaign import Campaign
from sendtrail.domain.campaign_report import COUNTED_BY
from sendtrail.pricing.workload import CHANGES_FOR_DAYS, Workload

RECENT_DAYS = 30
_DAY = timedelta(days=1)


def expected_workload(campaigns: Sequence[Campaign], *, contacts: int, now: datetime) -> Workload | None:
    """Return what the account will ask for if it goes on as in the last 30 days; None where nothing was sent in them.

    The events of campaigns of these days are theirs, those of an automation are spread over its whole time.
    """
    recent = [each for each in campaigns if not each.automation_id and _age(each, now) <= RECENT_DAYS]
    automations = [each for each in campaigns if each.automation_id and _events(each)]
    sent = sum(map(_events, recent)) / RECENT_DAYS
    a_day = sent + sum(_events(each) / max(1.0, _age(each, now)) for each in automations)
    if a_day < 1:
        return None
    changing = ceil(len(recent) / RECENT_DAYS * CHANGES_FOR_DAYS) + len(automations)
    return Workload(activities=round(a_day), contacts=contacts, campaigns=len(campaigns), changing=changing)


def _events(campaign: Campaign) -> int:
    return sum(campaign.counters.get(name, 0) for names in COUNTED_BY.values() for name in names)


def _age(campaign: Campaign, now: datetime) -> float:
    """Return for how many days a campaign may have had events; endless where nobody knows."""
    began = campaign.sent_at or campaign.created_at
    return float("inf") if began is None else max(timedelta(), now - began) / _DAY
