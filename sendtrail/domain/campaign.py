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

# How many are to receive it, also of one that is only scheduled.
PLANNED = "total_amt"
# Sending, paused, stopped and completed: drafts and scheduled ones are 0 and 1.
SENT_STATUSES = frozenset({2, 3, 4, 5})

Counters = Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Campaign:
    """A campaign as the account's list shows it; times are UTC, None where the API has no value.

    `counters` contains those of `COUNTERS` that the API returned. `split` means that the campaign has several messages,
    which are read one by one. `message_id` is the only message of another, "" where the list does not name it.
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
    message_id: str = ""

    @property
    def was_sent(self) -> bool:
        """Return whether anything says that somebody may have been sent this campaign.

        Nothing alone denies it: automations stay at status 1 and send for years, and a `send_amt` may have been reset.
        One that cannot be read says that it may have been sent.
        """
        has_counted = any(self.counters.get(name, 0) > 0 for name in COUNTERS if name != PLANNED)
        has_date = self.sent_at is not None or self.last_sent_at is not None
        return "send_amt" not in self.counters or has_counted or has_date or self.status in SENT_STATUSES


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignMessage:
    """One of the messages of a campaign, with counters of its own, as far as the account gives them readably.

    `subject` is its subject line, "" where the account gives none.
    """

    message_id: str
    counters: Counters
    subject: str = ""


class CampaignLists(Protocol):
    """The campaigns of an account."""

    def campaigns(self) -> Iterator[Campaign]:
        """Yield every campaign, whatever its status, once each."""
        ...

    def campaign_messages(self, campaign_id: int) -> list[CampaignMessage]:
        """Return a campaign's messages."""
        ...

    def all_messages(self) -> Iterator[CampaignMessage]:
        """Yield every message of the account with its subject line, once each."""
        ...
