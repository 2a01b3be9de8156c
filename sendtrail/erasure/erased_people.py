"""Who was erased, as keyed hashes: it can be asked whether somebody is on the list, and not who is."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256
from typing import Self

from sendtrail.erasure.addresses import normalised

KEY_BYTES = 32
# The chance that anybody else of a billion people has one of a million tokens is 1 in 10^23.
TOKEN_CHARACTERS = 32


class Kind(StrEnum):
    """What a person is known by; `ROW` is a row of a report."""

    CONTACT = "contact"
    ADDRESS = "address"
    USER = "user"
    ROW = "row"


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasedPeople:
    """The erased list; `revision` rises with each change of it.

    Ids are those of one account, and so is a consent: whoever is erased from one account may be in another.
    """

    key: bytes = field(repr=False)
    tokens: frozenset[str] = frozenset()
    revision: int = 0

    def __bool__(self) -> bool:
        """Return whether anybody is on the list."""
        return bool(self.tokens)

    @property
    def fingerprint(self) -> str:
        """Return what tells this list's key from any other, and does not disclose it."""
        return sha256(b"sendtrail erased list\x1f" + self.key).hexdigest()[:16]

    def token(self, kind: Kind, organization_id: str, value: str) -> str:
        """Return the keyed hash of what a person of an account is known by."""
        text = f"{kind}\x1f{organization_id}\x1f{normalised(value) if kind is Kind.ADDRESS else value}"
        return hmac.digest(self.key, text.encode(errors="surrogatepass"), "sha256").hex()[:TOKEN_CHARACTERS]

    def has(self, kind: Kind, organization_id: str, value: str | None) -> bool:
        """Return whether somebody is on the list."""
        return bool(self.tokens and value) and self.token(kind, organization_id, str(value)) in self.tokens

    def plus(self, tokens: Iterable[str]) -> Self:
        """Return the list with more people on it; itself if they are on it already."""
        more = self.tokens | frozenset(tokens)
        return self if more == self.tokens else replace(self, tokens=more, revision=self.revision + 1)

    def without(self, tokens: Iterable[str]) -> Self:
        """Return the list without some people; itself if they are not on it."""
        fewer = self.tokens - frozenset(tokens)
        return self if fewer == self.tokens else replace(self, tokens=fewer, revision=self.revision + 1)
