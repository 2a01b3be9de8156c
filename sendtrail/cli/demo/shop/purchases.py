"""What the shop's customers bought and booked, and what they sent back, as the shop would export it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sendtrail.cli.demo.shop.people import Person, Reader
from sendtrail.cli.demo.shop.sendings import Sending
from sendtrail.domain.activity import Activity, EventType

TITLES = ("order_id", "user_id", "email", "ordered_at", "amount", "currency", "kind", "refund_of")
PURCHASE, BOOKING = "purchase", "workshop booking"
BUYS, STRANGERS, REFUNDS = 0.11, 0.3, 0.06


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """An order, a booking without a price, or a refund of an order; `cents` of a refund are what it gives back."""

    order_id: str
    user_id: str
    email: str
    at: datetime
    cents: int | None
    currency: str
    kind: str
    refund_of: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """Return it as a row of the file."""
        amount = "" if self.cents is None else f"{self.cents // 100}.{self.cents % 100:02}"
        when = self.at.isoformat(timespec="seconds")
        return (self.order_id, self.user_id, self.email, when, amount, self.currency, self.kind, self.refund_of)


def orders(sendings: Sequence[Sending], people: Sequence[Person], chance: Random, *, until: datetime) -> list[Order]:
    """Return the orders that followed what people clicked, and those of people who clicked nothing."""
    by_id = {str(each.contact_id): each for each in people}
    found = [*_after_clicks(_clicks(sendings, by_id), by_id, chance), *_of_firms(sendings, people, chance)]
    strangers = [_stranger(order, chance) for order in found if chance.random() < STRANGERS]
    numbered = sorted([*found, *strangers], key=lambda each: (each.at, each.email))
    return list(_numbered([each for each in numbered if each.at <= until], chance, until=until))


def _clicks(sendings: Sequence[Sending], by_id: dict[str, Person]) -> dict[str, list[Activity]]:
    clicks: dict[str, list[Activity]] = defaultdict(list)
    for sending in sendings:
        for each in sending.activities:
            is_gateway = by_id[each.contact_id].reader is Reader.GATEWAY
            if each.event_type is EventType.CLICK and not (is_gateway and _is_at_once(each, sending)):
                clicks[each.contact_id].append(each)
    return clicks


def _is_at_once(click: Activity, sending: Sending) -> bool:
    return click.activity_timestamp < sending.at + timedelta(minutes=2)


def _after_clicks(clicks: dict[str, list[Activity]], by_id: dict[str, Person], chance: Random) -> Iterator[Order]:
    """Yield orders: the more e-mails somebody clicked lately, the likelier the next click leads to one."""
    for contact_id, found in clicks.items():
        warmth = 0.0
        for click in sorted(found, key=lambda each: (each.activity_timestamp, each.campaign_id)):
            warmth += 1
            if chance.random() < BUYS * min(warmth, 4) / 2:
                later = timedelta(hours=chance.expovariate(1 / 40) + 0.1)
                is_booking = "workshop" in click.link_url
                yield _order(by_id[contact_id], click.activity_timestamp + later, chance, is_booking=is_booking)
                warmth = 0


def _of_firms(sendings: Sequence[Sending], people: Sequence[Person], chance: Random) -> Iterator[Order]:
    """Yield orders that firms placed by themselves, which only their gateways' clicks seem to explain."""
    firms = [each for each in people if each.reader is Reader.GATEWAY]
    for sending in sendings:
        if not sending.automation_id:
            for person in chance.sample(firms, k=min(len(firms), 3)):
                yield _order(person, sending.at + timedelta(days=chance.uniform(1, 12)), chance, is_booking=False)


def _order(person: Person, at: datetime, chance: Random, *, is_booking: bool) -> Order:
    # The checkout knows some customers by their number, others by their address.
    has_number = chance.random() < 0.4
    cents = max(900, round(chance.lognormvariate(8.5, 0.55)))
    return Order(
        order_id="",
        user_id=person.user_id if has_number else "",
        email="" if has_number else person.email,
        at=at,
        cents=None if is_booking else cents,
        currency="" if is_booking else ("USD" if person.contact_id % 7 == 0 else "EUR"),
        kind=BOOKING if is_booking else PURCHASE,
    )


def _stranger(order: Order, chance: Random) -> Order:
    return Order(
        order_id="",
        user_id="",
        email=f"guest{chance.getrandbits(30)}@mail.example",
        at=order.at + timedelta(hours=chance.uniform(1, 90)),
        cents=max(900, round(chance.lognormvariate(8.4, 0.5))),
        currency=order.currency or "EUR",
        kind=PURCHASE,
    )


def _numbered(found: Sequence[Order], chance: Random, *, until: datetime) -> Iterator[Order]:
    for number, each in enumerate(found, start=10_001):
        order_id = f"KC-{number}"
        yield Order(order_id=order_id, user_id=each.user_id, email=each.email, at=each.at, cents=each.cents,
                    currency=each.currency, kind=each.kind)  # fmt: skip
        refunded = each.at + timedelta(days=chance.uniform(3, 20))
        if each.cents and chance.random() < REFUNDS and refunded <= until:
            part = each.cents if chance.random() < 0.6 else each.cents // 2
            yield Order(order_id=f"{order_id}-R", user_id=each.user_id, email=each.email, at=refunded, cents=part,
                        currency=each.currency, kind="refund", refund_of=order_id)  # fmt: skip
