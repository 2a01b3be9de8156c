"""A campaign and its counters, which show at the lowest price what has changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

# The most rows that a page of a v3 list contains; the API silently ignores a higher limit.
LIST_LIMIT = 100

# In the order of the API's reference; each is a column of the same name in `campaigns`.
COUNTERS = (
    "send_amt",
    "total_amt",
    "opens",
    "uniqueopens",
    "verified_opens",
    "verified_unique_opens",
    "linkclicks",
    "uniquelinkclicks",
    "subscriberclicks",
    "forwards",
    "uniqueforwards",
    "hardbounces",
    "softbounces",
    "unsubscribes",
    "replies",
)

Counters = Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Campaign:
    """A campaign as the account's list shows it; times are UTC, None where the API has no value.

    `counters` contains those of `COUNTERS` that the API returned. `split` means that the campaign has several messages,
    which are read one by one.
    """

    campaign_id: int
    name: str
    type: str
    status: int | None
    automation_id: str
    series_id: str
    split: bool
    sent_at: datetime | None
    last_sent_at: datetime | None
    created_at: datetime | None
    modified_at: datetime | None
    counters: Counters

    @property
    def was_sent(self) -> bool:
        """Return whether anybody may have been sent this campaign; one whose `send_amt` cannot be read may have been.

        Status and send date do not say it: automations stay at 1, and send for years.
        """
        return self.counters.get("send_amt") != 0


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignMessage:
    """One of the messages of a campaign, with counters of its own, as far as the account gives them readably."""

    message_id: str
    counters: Counters


class CampaignLists(Protocol):
    """The campaigns of an account."""

    def campaigns(self) -> Iterator[Campaign]:
        """Yield every campaign, whatever its status, once each."""
        ...

    def campaign_messages(self, campaign_id: int) -> list[CampaignMessage]:
        """Return a campaign's messages."""
        ...
