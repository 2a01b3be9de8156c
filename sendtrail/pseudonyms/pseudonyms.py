"""Keyed hashes in the place of addresses and names; the same address has the same one, wherever it is from."""

import hmac
import re
import unicodedata
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from urllib.parse import unquote

from sendtrail.erasure.addresses import ENCODED_END, normalised
from sendtrail.erasure.person import Person

MARK = "hmac-"
# The chance that any two of a billion addresses have one pseudonym is 1 in 10^21.
DIGITS = 32
_PSEUDONYM = re.compile(rf"{MARK}[0-9a-f]{{{DIGITS}}}(?:@[a-z0-9.-]+)?")
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*")
_ENDS_NONE = r"\s\"'<>(),;:=&?/\\\[\]{}|@#"
# In a URL, @ may be encoded, and be in a URL that is encoded itself.
_AT = "@|%(?:25)*40"
_FOLLOWING = re.compile(rf"(%[^{_ENDS_NONE}]*)({_AT})([^{_ENDS_NONE}%]+)", re.IGNORECASE)
# A name is looked for from its beginning alone, after what ends one or another address: tried from each
# character, a long link takes a time that grows with the square of its length.
_EMBEDDED = re.compile(
    rf"(?<![^{_ENDS_NONE}])([^{_ENDS_NONE}]+)({_AT})([^{_ENDS_NONE}%]+)((?:{_FOLLOWING.pattern})*)", re.IGNORECASE
)
# A name in quotation marks may have anything in it, and a domain may be a number in brackets.
_QUOTED = re.compile(
    rf"\"[^\"\s@][^\"\r\n]{{0,63}}\"@(?:\[[0-9a-z.:]{{1,45}}\]|[^{_ENDS_NONE}%]+)"
    rf"|(?<![^{_ENDS_NONE}])[^{_ENDS_NONE}]+@\[[0-9a-z.:]{{1,45}}\]",
    re.IGNORECASE,
)
# What a name in a URL may have before it, which is no part of it.
_BEFORE = re.compile(f".*{ENCODED_END}", re.IGNORECASE | re.DOTALL)
_AT_THE_END = ".!-_*"
_CACHED = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Pseudonyms:
    """What is stored in the place of what names somebody; without the key, nobody can tell whose a pseudonym is."""

    key: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """Return what tells this key from any other, and does not disclose it."""
        return sha256(b"sendtrail pseudonyms\x1f" + self.key).hexdigest()[:16]

    def address(self, text: str) -> str:
        """Return the pseudonym of an address in any spelling, with its domain; a pseudonym is its own."""
        return _address(self.key, text)

    def user(self, user_id: str) -> str:
        """Return the id of a user; the pseudonym of an address where that is used as one."""
        return self.address(user_id) if "@" in user_id else user_id

    def text(self, text: str) -> str:
        """Return a text with pseudonyms in the place of its addresses, those in URLs included."""
        if not text.isascii() and (spelt := unicodedata.normalize("NFKC", text)).count("@") > text.count("@"):
            text = spelt
        if "@" not in text and "40" not in text:
            return text
        return _EMBEDDED.sub(self._embedded, _QUOTED.sub(lambda found: self.address(found[0]), text))

    def value(self, kind: str, whose: str, text: str) -> str:
        """Return what stands for a name or the like: equal ones of two people have nothing in common."""
        return text if not text or is_pseudonym(text) else MARK + _digest(self.key, kind, whose, text)

    def key_of(self, row_key: str) -> str:
        """Return the key of a row, made anew from one that anybody could make who guesses an address."""
        return _digest(self.key, "row", row_key)

    def person(self, named: Person) -> Person:
        """Return somebody as they are stored."""
        return replace(
            named,
            addresses=frozenset(map(self.address, named.addresses)),
            user_ids=frozenset(map(self.user, named.user_ids)),
        )

    def _embedded(self, found: re.Match[str]) -> str:
        name, at, rest, following = found.groups()[:4]
        return self._addressed(name, at, rest) + _FOLLOWING.sub(lambda each: self._addressed(*each.groups()), following)

    def _addressed(self, name: str, at: str, rest: str) -> str:
        domain = rest.rstrip(_AT_THE_END)
        found = _BEFORE.match(name)
        before = found[0] if found and found.end() < len(name) else ""
        pseudonym = self.address(f"{unquote(unquote(name[len(before) :]))}@{domain}")
        return self.text(before) + pseudonym.replace("@", at) + rest[len(domain) :]


def is_pseudonym(text: str) -> bool:
    """Return whether a text is a pseudonym already."""
    return _PSEUDONYM.fullmatch(text) is not None


@lru_cache(maxsize=_CACHED)
def _address(key: bytes, text: str) -> str:
    spelt = normalised(text)
    if not spelt or is_pseudonym(spelt):
        return spelt
    _, at, domain = spelt.rpartition("@")
    kept = f"@{domain}" if at and _DOMAIN.fullmatch(domain) else ""
    return MARK + _digest(key, "address", spelt) + kept


def _digest(key: bytes, *parts: str) -> str:
    return hmac.digest(key, "\x1f".join(parts).encode(errors="surrogatepass"), "sha256").hex()[:DIGITS]
