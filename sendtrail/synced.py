"""What a completed sync of a campaign leaves behind: the contract between its worker and the dispatcher."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sendtrail.reports import Report


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignSynced:
    """The campaign as it was dispatched, and how far each report was read.

    `since` is how far back everything was read; `watermarks` hold, for each report ever read, when its latest read
    started; `counters` are those at dispatch, not at the end, so that what moved meanwhile is seen as news.
    `confirmed` says that the counters had been still when it was read; `audited_at` when everything was last read.
    """

    since: datetime
    watermarks: Mapping[Report, datetime]
    counters: Mapping[str, int]
    synced_at: datetime
    audited_at: datetime
    confirmed: bool
