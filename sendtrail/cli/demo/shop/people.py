"""Who the shop writes to: people, people with Apple's mail program, and people behind a security gateway."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

NEWSLETTER, WORKSHOPS, MEMBERS, WHOLESALE = "Newsletter", "Workshops", "Members", "Wholesale"
CONTACTS, OLDEST_DAYS = 1_400, 700
DELETED = 9
_FIRST = (
    "Anna",
    "Jonas",
    "Zoë",
    "José",
    "Łukasz",
    "Søren",
    "Thảo",
    "丽娜",
    "Олена",
    "سلمى",
    "Marie",
    "Tom",
    "Chloé",
    "Björn",
)
_LAST = (
    "Müller",
    "Nguyễn",
    "García",
    "Jensen",
    "Novák",
    "Rossi",
    "Singh",
    "王",
    "Ковальчук",
    "O'Brien",
    "Weber",
    "Dubois",
)
_FIRMS = ("lindner-interiors.example", "hotel-am-see.example", "cafe-nord.example", "atelier-bruck.example")
_MAIL = ("mail.example", "post.example", "inbox.example")


class Reader(StrEnum):
    """What reads an e-mail first."""

    PERSON = "person"
    APPLE = "apple"
    GATEWAY = "gateway"


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A contact of the shop: `interest` is 1 for the usual one; `tired_at` is when it stopped clicking, if it did."""

    contact_id: int
    email: str
    first_name: str
    last_name: str
    joined_at: datetime
    lists: tuple[str, ...]
    reader: Reader
    interest: float
    tired_at: datetime | None
    is_gone: bool

    @property
    def user_id(self) -> str:
        """Return the shop's own id of the customer."""
        return f"customer-{self.contact_id}"

    def interest_at(self, at: datetime) -> float:
        """Return how interested it is at a time."""
        return 0.02 if self.tired_at and at > self.tired_at else self.interest


def people(chance: Random, *, now: datetime) -> list[Person]:
    """Return the contacts, those that joined first first; the newest joined yesterday."""
    return [_person(number, chance, now=now) for number in range(CONTACTS)]


def _person(number: int, chance: Random, *, now: datetime) -> Person:
    first, last = chance.choice(_FIRST), chance.choice(_LAST)
    is_wholesale = chance.random() < 0.09
    reader = Reader.GATEWAY if is_wholesale or chance.random() < 0.07 else _private(chance)
    domain = chance.choice(_FIRMS if reader is Reader.GATEWAY else _MAIL)
    lists = (NEWSLETTER, *_more_lists(chance, is_wholesale=is_wholesale))
    return Person(
        contact_id=100 + 3 * number,
        email=f"reader{number}@{domain}",
        first_name=first,
        last_name=last,
        joined_at=now - timedelta(days=1 + (OLDEST_DAYS - 1) * (1 - number / CONTACTS), minutes=7),
        lists=lists,
        reader=reader,
        interest=chance.lognormvariate(-0.2, 0.6),
        # Retailers order less and less, and some private customers tire as well.
        tired_at=now - timedelta(days=chance.uniform(30, 330))
        if chance.random() < (0.65 if is_wholesale else 0.2)
        else None,
        is_gone=number % (CONTACTS // DELETED) == 5,
    )


def _private(chance: Random) -> Reader:
    return Reader.APPLE if chance.random() < 0.3 else Reader.PERSON


def _more_lists(chance: Random, *, is_wholesale: bool) -> list[str]:
    if is_wholesale:
        return [WHOLESALE]
    return [name for name, share in ((WORKSHOPS, 0.22), (MEMBERS, 0.3)) if chance.random() < share]
