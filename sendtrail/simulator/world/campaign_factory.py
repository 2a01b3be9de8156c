"""Write the book of campaigns: what the plan asks for, given dates, names, messages and links."""

from dataclasses import dataclass, replace

from sendtrail.simulator.account_clock import DAY_S
from sendtrail.simulator.garbled_text import Garble, garbling
from sendtrail.simulator.plan import MAX_LINKS, CampaignPlan, Kind, Plan
from sendtrail.simulator.quirks import Quirks
from sendtrail.simulator.randomness import Permutation, derive
from sendtrail.simulator.world.campaigns import Campaign, Link, Message

_TOPICS = (
    "Spring sale",
    "Product news",
    "Été à -50 %",
    "Webinar invitation",
    "We miss you",
    "新品のお知らせ",
    "Q&A",
    "",
)
_PAGES = ("pricing", "blog/how-to", "shop?cat=shoes&size=42", "webinar", "about", "caf%C3%A9", "app#download")
_ACTIVE_DAYS = {"ordinary": 60, "split": 60, "draft": 0, "automation": 100_000}
_STATUS = {"draft": 0, "automation": 1, "split": 5, "ordinary": 5}
_RARE_STATUS = {1: 6, 3: 7}  # disabled, pending review: by a campaign's number, modulo 4
_ID_STEP = 3
_LINK_PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The campaigns of an account, oldest first."""

    seed: int
    plan: Plan
    now: int
    mailable: int
    """Contacts who can get e-mail."""
    quirks: Quirks

    def campaigns(self) -> tuple[Campaign, ...]:
        """Return every campaign."""
        count = self.plan.campaign_count()
        ranks = Permutation(count, key=derive(self.seed, "ranks"))
        return tuple(self._campaign(n, self.plan.campaign_plan(n, ranks[n])) for n in range(count))

    def _campaign(self, number: int, size: CampaignPlan) -> Campaign:
        key = derive(self.seed, "campaign", number)
        sent = self.now - int(size.sent_days_ago * DAY_S) - key % 3_600
        campaign_id = 1 + _ID_STEP * number + key % _ID_STEP
        sending_s = (self.now - sent) // 3 if size.kind == "automation" else 2_400
        return Campaign(
            id=campaign_id,
            number=number,
            key=key,
            kind=size.kind,
            name=garbling(self.quirks)(number, f"{_TOPICS[key % len(_TOPICS)]} {number + 1}".strip()),
            status=self._status(number, size.kind),
            created_at=sent - DAY_S,
            sent_at=sent,
            last_sent_at=min(self.now, sent + sending_s),
            quiet_after=min(self.now, sent + _ACTIVE_DAYS[size.kind] * DAY_S),
            messages=self._messages(campaign_id, size),
        )

    def _status(self, number: int, kind: Kind) -> int:
        usual = _STATUS[kind]
        return _RARE_STATUS.get(number % 4, usual) if self.quirks.rare_statuses and usual else usual

    def _messages(self, campaign_id: int, size: CampaignPlan) -> tuple[Message, ...]:
        size = replace(size, links=_LINK_PAGE) if self.quirks.twenty_links else size
        garble = garbling(self.quirks)
        count = size.messages if size.kind == "split" else 1
        spare = self.plan.spare_recipients * count
        sent_to = 0 if size.kind == "draft" else min(self.mailable, 3 * _readers(size) + 2 * size.bounces + spare)
        return tuple(
            _message(campaign_id * 10 + n + 1, _Share(n, count), (size, sent_to), garble) for n in range(count)
        )


@dataclass(frozen=True, slots=True)
class _Share:
    """One of several even parts of a whole; the first takes what is left over."""

    number: int
    of: int

    def part(self, whole: int) -> int:
        return whole // self.of + (whole % self.of if self.number == 0 else 0)


def _readers(size: CampaignPlan) -> int:
    return max(size.openers, size.clickers, size.unsubscribes, size.forwards)


def _message(message_id: int, share: _Share, sizes: tuple[CampaignPlan, int], garble: Garble) -> Message:
    size, sent_to = sizes
    number = share.number
    sent = 0 if size.kind == "draft" else 1
    return Message(
        id=message_id,
        number=number,
        subject=f"{_TOPICS[message_id % len(_TOPICS)]} %FIRSTNAME% {'AB'[number % 2]}",
        first_recipient=0 if number == 0 else share.part(sent_to) * number + sent_to % share.of,
        recipients=share.part(sent_to),
        openers=sent * share.part(size.openers),
        bounces=sent * share.part(size.bounces),
        unsubscribes=sent * share.part(size.unsubscribes),
        forwards=sent * share.part(size.forwards),
        links=tuple(
            _link(message_id, n, sent * share.part(size.clickers), garble) for n in range(min(size.links, MAX_LINKS))
        ),
    )


def _link(message_id: int, number: int, most: int, garble: Garble) -> Link:
    link_id = message_id * (MAX_LINKS + 50) + number
    page = _PAGES[number % len(_PAGES)]
    unclicked = number % 4 == 3
    return Link(
        id=link_id,
        number=number,
        name=garble(number, "" if number % 3 else f"Button {number + 1}"),
        url=garble(number, f"https://shop.example.com/{page}{'&' if '?' in page else '?'}utm_content={link_id}"),
        clickers=0 if unclicked else -(-most // (number + 1)),
    )
