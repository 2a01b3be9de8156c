"""Whose data an organization holds: `account_identities/{organization_id}`, bound at the first sync.

A document of its own, because an earlier version of a function writes the others back without fields that it does not
know.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from sendtrail.domain.campaign import Campaign
from sendtrail.errors import BadDocument
from sendtrail.ports import State, Transaction
from sendtrail.state.documents import from_document, identity_path, to_document

# So many campaigns vouch for the account; fewer than MIN_TO_MISS may all have been deleted since.
MAX_WITNESSES, MIN_TO_MISS = 20, 3


class Verdict(StrEnum):
    """What an account's campaigns say about whether it is the one whose data is stored."""

    SAME = "same"
    ANOTHER = "another"


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountIdentity:
    """An account by its host, and by when some of its campaigns were created.

    Ids are small numbers that every account counts from 1, so they tell no account from another; with the second at
    which each was created they do. The list that says so is read by every run, so nothing is requested for it.
    """

    host: str
    bound_at: datetime
    witnesses: Mapping[int, datetime] = field(default_factory=dict)
    version: int = 1

    def verdict(self, campaigns: Iterable[Campaign]) -> Verdict:
        """Return what a list of campaigns says: more that agree than contradict, or too few that could."""
        listed = _created(campaigns)
        if len(self.witnesses) >= MIN_TO_MISS and not self.witnesses.keys() & listed.keys():
            return Verdict.ANOTHER
        agreeing, contradicting = self._compared(listed)
        return Verdict.ANOTHER if contradicting > agreeing else Verdict.SAME

    def is_at(self, host: str, campaigns: Sequence[Campaign]) -> bool:
        """Return whether the account at a host is this very one, by its campaigns; by the host where it shows none."""
        if host == self.host:
            return not campaigns or self.verdict(campaigns) is Verdict.SAME
        agreeing, contradicting = self._compared(_created(campaigns))
        return agreeing > contradicting and agreeing >= min(MIN_TO_MISS, len(self.witnesses))

    def with_witnesses_of(self, campaigns: Iterable[Campaign]) -> "AccountIdentity":
        """Return the identity with witnesses in place of those that are not listed any more, or not so."""
        listed = {each.campaign_id: each.created_at for each in campaigns if each.created_at is not None}
        kept = {number: created for number, created in self.witnesses.items() if listed.get(number) == created}
        more = sorted(number for number in listed if number not in kept)[: MAX_WITNESSES - len(kept)]
        return replace(self, witnesses={**kept, **{number: listed[number] for number in more}})

    def _compared(self, listed: Mapping[int, datetime | None]) -> tuple[int, int]:
        """Return how many witnesses agree with a list of campaigns, and how many contradict it."""
        found = [(created, listed.get(number)) for number, created in self.witnesses.items()]
        agreeing = sum(created == now for created, now in found)
        return agreeing, sum(now is not None and created != now for created, now in found)


def identities(state: State) -> Iterator[tuple[str, AccountIdentity]]:
    """Yield each organization whose account is known, with it; a document that cannot be read vouches for nobody."""
    for organization_id, document in state.children(identity_path("").rstrip("/")):
        with suppress(BadDocument):
            yield organization_id, from_document(AccountIdentity, document)


def read_identity(transaction: Transaction, organization_id: str) -> AccountIdentity | None:
    """Return whose data an organization holds, None before its first sync."""
    path = identity_path(organization_id)
    document = transaction.get(path)
    return None if document is None else from_document(AccountIdentity, document, path=path)


def write_identity(transaction: Transaction, organization_id: str, identity: AccountIdentity) -> None:
    """Store whose data an organization holds."""
    transaction.set(identity_path(organization_id), to_document(identity))


def _created(campaigns: Iterable[Campaign]) -> Mapping[int, datetime | None]:
    return {campaign.campaign_id: campaign.created_at for campaign in campaigns}
