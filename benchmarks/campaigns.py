"""Campaigns of benchmarks: all that differs between two of them is given."""

from collections.abc import Mapping
from datetime import datetime

from sendtrail.domain.campaign import Campaign


def sent_campaign(campaign_id: int, *, name: str, sent_at: datetime, counters: Mapping[str, int]) -> Campaign:
    """Return an ordinary campaign that was sent at once."""
    return Campaign(
        campaign_id=campaign_id,
        name=name,
        type="single",
        status=5,
        automation_id="",
        series_id="",
        split=False,
        sent_at=sent_at,
        last_sent_at=sent_at,
        created_at=sent_at,
        modified_at=sent_at,
        counters=counters,
    )
