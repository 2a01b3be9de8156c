"""What a completed sync of a campaign leaves behind: the contract between its worker and the dispatcher."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sendtrail.domain.campaign_report import Report


@dataclass(frozen=True, kw_only=True, slots=True)
class SyncRecord:
    """The campaign as it was dispatched, and how far each report was read.

    `since` is how far back everything was read; `watermarks` hold, for each report ever read, when its latest read
    started, `deep_watermarks` when the latest did that went back by the whole overlap; `counters` are those at
    dispatch, not at the end, so that what moved meanwhile is seen as news. `confirmed` says that the counters had been
    still when it was read, `unsettled` which reports had news since then; `audited_at` when everything was last read.
    """

    since: datetime
    watermarks: Mapping[Report, datetime]
    counters: Mapping[str, int]
    synced_at: datetime
    audited_at: datetime
    confirmed: bool
    deep_watermarks: Mapping[Report, datetime] = field(default_factory=dict)
    unsettled: Sequence[Report] | None = None
