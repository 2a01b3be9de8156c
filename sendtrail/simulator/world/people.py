"""Who the contacts are: everything about contact number n follows from the seed and n."""

from dataclasses import dataclass

from sendtrail.simulator.account_clock import DAY_S
from sendtrail.simulator.garbled_text import Garble
from sendtrail.simulator.randomness import derive, mix

_FIRST = (
    ("Zoë", "zoe"), ("José", "jose"), ("Łukasz", "lukasz"), ("Søren", "soren"), ("Thảo", "thao"), ("丽娜", "lina"),
    ("Олена", "olena"), ("سلمى", "salma"), ("Anna", "anna"), ("John", "john"), ("Mary-Jane", "mary-jane"), ("", "info"),
    ("Björn", "bjorn"), ("Chloé", "chloe"), ("İpek", "ipek"), ("Ἀλέξανδρος", "alex"),
)  # fmt: skip
_LAST = (
    ("O'Brien", "obrien"), ("Müller", "mueller"), ("Nguyễn", "nguyen"), ("García", "garcia"), ("王", "wang"),
    ("Smith", "smith"), ("de la Cruz", "delacruz"), ("Çelik", "celik"), ("Novák", "novak"), ("", "shop"),
    ("Jensen", "jensen"), ("Ковальчук", "kovalchuk"), ("Rossi", "rossi"), ("Singh", "singh"), ("Åkesson", "akesson"),
)  # fmt: skip
_DOMAINS = ("example.com", "mail.example.org", "example.co.uk", "Example.NET", "xn--bcher-kva.example")
_SMS_ONLY_EVERY = 50
_FIRST_ID = 5  # small, so that ids cross 9 and 99: they are to be compared as integers
_ID_STEP = 3
_STATUSES = (1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 0, 91)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A contact as it stands; instants are seconds since the epoch."""

    number: int
    id: int
    email: str
    """Empty for a contact known by phone alone."""
    first_name: str
    last_name: str
    phone: str
    created_at: int
    updated_at: int
    tags: tuple[int, ...]
    """Tag ids, ascending."""
    lists: tuple[tuple[int, int], ...]
    """(list id, status), ascending."""


class People:
    """The contacts that an account begins with, and any that join it, by number."""

    def __init__(
        self, *, seed: int, count: int, since: int, now: int, choices: tuple[int, int], garble: Garble
    ) -> None:
        self._key = derive(seed, "people")
        self.since = since
        self._span = max(1, now - since)
        self._tags, self._lists = choices
        self._garble = garble
        self.count = count
        self.mailable = count - count // _SMS_ONLY_EVERY

    def mailable_number(self, rank: int) -> int:
        """Return the contact number of the rank-th contact with an e-mail address."""
        return rank + rank // (_SMS_ONLY_EVERY - 1)

    def mailable_rank(self, number: int) -> int | None:
        """Return the rank of a contact among those with an e-mail address."""
        rank = number - number // _SMS_ONLY_EVERY
        return rank if self._has_email(number) and rank < self.mailable else None

    def id(self, number: int) -> int:
        """Return a contact's id: ascending with its number, with gaps."""
        return _FIRST_ID + _ID_STEP * number + mix(self._key, number) % _ID_STEP

    def number_after(self, contact_id: int) -> int:
        """Return the first number whose id is greater than a given one."""
        number = max(0, (contact_id - _FIRST_ID) // _ID_STEP)
        return number if self.id(number) > contact_id else number + 1

    def email(self, number: int) -> str:
        """Return a contact's address, or "" for one known by phone alone."""
        if not self._has_email(number):
            return ""
        bits = mix(self._key, number)
        first, last = _FIRST[bits >> 8 & 15][1], _LAST[(bits >> 16) % len(_LAST)][1]
        local = f"{first}.{last}{'+news' if bits >> 40 & 15 == 0 else ''}{number}"
        return f"{self._garble(number, local)}@{_DOMAINS[(bits >> 24) % 5]}"

    def list_ids(self, number: int) -> tuple[int, ...]:
        """Return the ids of the lists that a contact is or was on."""
        return tuple(list_id for list_id, _ in self._list_statuses(mix(self._key, number)))

    def contact(self, number: int, *, created_at: int | None = None) -> Contact:
        """Return a contact as it began; one that joined later says when."""
        bits = mix(self._key, number)
        created = created_at or self.since + self._span * number // self.count
        updated = created_at or min(self.since + self._span, created + (bits >> 12) % (30 * DAY_S))
        return Contact(
            number=number,
            id=self.id(number),
            email=self.email(number),
            first_name=self._garble(number, _FIRST[bits >> 8 & 15][0]),
            last_name=_LAST[(bits >> 16) % len(_LAST)][0],
            phone=self._phone(number, bits),
            created_at=created,
            updated_at=updated,
            tags=self._tag_ids(bits),
            lists=self._list_statuses(bits),
        )

    def _has_email(self, number: int) -> bool:
        return number % _SMS_ONLY_EVERY != _SMS_ONLY_EVERY - 1

    def _phone(self, number: int, bits: int) -> str:
        return "" if self._has_email(number) and bits >> 44 & 1 else f"+1 312 555 {number:04d}"

    def _tag_ids(self, bits: int) -> tuple[int, ...]:
        if not self._tags:
            return ()
        return tuple(sorted({(bits >> 5 * turn) % self._tags + 1 for turn in range(bits >> 50 & 3)}))

    def _list_statuses(self, bits: int) -> tuple[tuple[int, int], ...]:
        if not self._lists:
            return ()
        chosen = {(bits >> 7 * turn) % self._lists + 1 for turn in range(1 + (bits >> 53 & 1))}
        return tuple((n, _STATUSES[(bits >> 30 + n) % len(_STATUSES)]) for n in sorted(chosen))
