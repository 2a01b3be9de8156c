"""The campaigns of an account: what was sent, to how many, and what each report list began with."""

from dataclasses import dataclass

from sendtrail.simulator.plan import Kind
from sendtrail.simulator.quirks import EventType
from sendtrail.simulator.randomness import derive

_TYPE = {"draft": "single", "automation": "responder", "split": "split", "ordinary": "single"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A tracked link of a message and how many contacts had clicked it at the start."""

    id: int
    number: int
    name: str
    url: str
    clickers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message of a campaign: who got it (a range of the campaign's recipients) and what its lists began with."""

    id: int
    number: int
    subject: str
    first_recipient: int
    recipients: int
    openers: int
    bounces: int
    unsubscribes: int
    forwards: int
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A campaign; instants are seconds since the epoch."""

    id: int
    number: int
    key: int
    kind: Kind
    name: str
    status: int
    """Automation e-mails stay at 1."""
    created_at: int
    sent_at: int
    last_sent_at: int
    quiet_after: int
    """When the activity it began with had died down."""
    messages: tuple[Message, ...]

    @property
    def type(self) -> str:
        """Return the type as the API names it."""
        return _TYPE[self.kind]

    @property
    def send_amt(self) -> int:
        """Return how many e-mails had been sent at the start."""
        return sum(message.recipients for message in self.messages)

    def message(self, message_id: str) -> Message | None:
        """Return the message of an id; without an id the first one, which is all a report then tells."""
        wanted = [message for message in self.messages if not message_id or str(message.id) == message_id]
        return wanted[0] if wanted else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Names one list of rows: a campaign's message and a kind of event, or one of its links."""

    campaign: Campaign
    message: Message
    event: EventType
    link: Link | None = None

    @property
    def name(self) -> tuple[int, str]:
        """Return what tells the list from any other."""
        return (self.link.id, "click") if self.link else (self.message.id, self.event)

    @property
    def key(self) -> int:
        """Return the randomness key of the list."""
        return derive(self.campaign.key, *self.name)


def reports(campaign: Campaign, message: Message) -> list[Report]:
    """Return every report list of a message."""
    events: tuple[EventType, ...] = ("open", "bounce", "unsubscribe", "forward")
    plain = [Report(campaign=campaign, message=message, event=event) for event in events]
    return plain + [Report(campaign=campaign, message=message, event="click", link=link) for link in message.links]
