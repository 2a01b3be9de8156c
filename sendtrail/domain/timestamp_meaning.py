"""What the time of a report's row means in an account: the contact's first event, or the last.

ActiveCampaign documents the last; rows of other accounts stay where they are while their count grows. Which holds is
observed, per account and report: a row whose count grew, and whose time moved with it or did not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sendtrail.domain.activity import EventType
from sendtrail.domain.campaign_report import Report

# Two events in one second leave a row's time as it is, in every account.
MAX_SHARE_OF_THE_OTHER_KIND = 0.05
MIN_OBSERVATIONS = 20
EVENT_TYPES: Mapping[Report, EventType] = {Report.OPENS: EventType.OPEN, Report.CLICKS: EventType.CLICK}


class TimestampMeaning(StrEnum):
    """Which event's time a row has."""

    FIRST = "first"
    LAST = "last"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class TimestampEvidence:
    """How often a row's count was seen to grow while its time moved, and while it stood."""

    moved: int = 0
    stood: int = 0

    @property
    def observations(self) -> int:
        """Return how often a row's count was seen to grow."""
        return self.moved + self.stood


def timestamp_meaning(evidence: TimestampEvidence) -> TimestampMeaning:
    """Return what the evidence shows: UNKNOWN while there is little of it, or it contradicts itself."""
    observations = evidence.observations
    if observations < MIN_OBSERVATIONS:
        return TimestampMeaning.UNKNOWN
    if evidence.stood <= MAX_SHARE_OF_THE_OTHER_KIND * observations:
        return TimestampMeaning.LAST
    if evidence.moved <= MAX_SHARE_OF_THE_OTHER_KIND * observations:
        return TimestampMeaning.FIRST
    return TimestampMeaning.UNKNOWN


def standing_rows(meanings: Mapping[Report, TimestampMeaning]) -> tuple[Report, ...]:
    """Return the reports whose rows may keep their time: all that are not known to move."""
    return tuple(report for report in EVENT_TYPES if meanings.get(report) is not TimestampMeaning.LAST)
