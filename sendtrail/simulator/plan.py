"""What a simulated account holds: its sizes, and how fast they move."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["ordinary", "automation", "split", "draft"]

MIX: tuple[Kind, ...] = (
    "ordinary", "automation", "split", "ordinary", "draft",
    "ordinary", "ordinary", "automation", "ordinary", "ordinary",
)  # fmt: skip
"""Kinds in order of size: the biggest campaign is ordinary, and ten campaigns hold every kind."""

MAX_LINKS = 200  # a message; link ids leave room for no more


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPlan:
    """Sizes of one campaign at the start; a split campaign shares them out over its messages."""

    kind: Kind = "ordinary"
    openers: int = 100
    clickers: int = 20
    """Contacts who clicked the most clicked link."""
    links: int = 4
    bounces: int = 3
    unsubscribes: int = 2
    forwards: int = 1
    messages: int = 2
    """Of a split campaign; any other has one."""
    sent_days_ago: float = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Sizes of an account. Give `sizes` to say what each campaign holds, or leave them to the other fields."""

    campaigns: int = 12
    openers: int = 1_000
    """Of the biggest campaign."""
    contacts: int | None = None
    """None: somewhat more than the biggest campaign needs."""
    links: int = 6
    """The most a message has."""
    skew: float = 0.8
    """The campaign of rank r has `openers / r ** skew` openers; 0 makes all the same."""
    days: float = 180
    """Age of the oldest campaign."""
    newest_days: float = 10
    """Age of the newest campaign."""
    kinds: tuple[Kind, ...] = MIX
    """Repeated as needed, biggest campaign first."""
    tags: int = 14
    lists: int = 4
    daily_share: float = 0.02
    """Of a campaign's openers (and of the contacts) that do something in a `pass_day`."""
    shift_every: int = 0
    """After so many report requests, new rows arrive on the campaign being read; 0 means never."""
    sizes: tuple[CampaignPlan, ...] = ()
    spare_recipients: int = 100
    """Of each message: who has not done anything yet, and may be the next to; 20 of them are kept for bounces."""

    def campaign_count(self) -> int:
        """Return how many campaigns the account has."""
        return len(self.sizes) or self.campaigns

    def campaign_plan(self, number: int, rank: int) -> CampaignPlan:
        """Return the sizes of a campaign: `number` counts from the oldest, `rank` from the biggest."""
        if self.sizes:
            return self.sizes[number]
        openers = max(1, round(self.openers / (rank + 1) ** self.skew))
        return CampaignPlan(
            kind=self.kinds[rank % len(self.kinds)],
            openers=openers,
            clickers=-(-openers // 5),
            links=1 + (self.links + rank - 1) % self.links if self.links else 0,
            bounces=-(-openers // 40),
            unsubscribes=-(-openers // 150),
            forwards=-(-openers // 300),
            messages=2 + rank % 2,
            sent_days_ago=self._age_days(number),
        )

    def contact_count(self) -> int:
        """Return how many contacts the account has at the start; raise ValueError if too few for its campaigns."""
        enough = max((self._recipients(self.campaign_plan(n, n)) for n in range(len(self.sizes) or 1)), default=0)
        enough += enough // 40  # some are known by phone alone
        if self.contacts is None:
            return enough + enough // 4
        if self.contacts < enough:
            raise ValueError(f"campaigns of these sizes need at least {enough:,} contacts, not {self.contacts:,}")
        return self.contacts

    def _age_days(self, number: int) -> float:
        older = self.campaign_count() - 1 - number
        return self.newest_days + (self.days - self.newest_days) * older / max(1, self.campaign_count() - 1)

    def _recipients(self, size: CampaignPlan) -> int:
        readers = max(size.openers, size.clickers, size.unsubscribes, size.forwards)
        return readers + readers // 8 + 2 * size.bounces + self.spare_recipients * size.messages
