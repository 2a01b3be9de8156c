"""Keeps the data of an organization to one account: another one is refused before anything is read, merged or marked.

The host is compared before the first request. What the API says of itself is compared with the first answer, the list
of campaigns, which every run reads anyway: a host may come to lead to another account, and an account to another host.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sendtrail.domain.campaign import Campaign, CampaignLists, CampaignMessage
from sendtrail.domain.connection import Connection, account_host
from sendtrail.errors import AnotherAccount
from sendtrail.ports import State, Transaction
from sendtrail.state.account_identity import AccountIdentity, Verdict, identities, read_identity, write_identity
from sendtrail.state.documents import campaigns_path

logger = logging.getLogger(__name__)

# `moved_from` where a person says that the account has moved, wherever it was before.
ANYWHERE = "*"
CONNECTION_ADVICE = (
    "connect it under another organization id; or, if it is the same account at a new address, name the one before in "
    "movedFrom of its connection (moved_from in Terraform), and dispatch it"
)
CONNECTED_ADVICE = "leave it connected as {known} alone"


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimedAccount:
    """The account that a connection leads to, for an organization.

    `advice` says what to do if it is another one, `advice_if_known` if it is one whose data is stored as `{known}`.
    """

    organization_id: str
    host: str
    moved_from: str = ""
    advice: str = CONNECTION_ADVICE
    advice_if_known: str = CONNECTED_ADVICE

    def may_follow(self, identity: AccountIdentity | None) -> bool:
        """Return whether its host is the one that is known, or somebody has said that it moved from there."""
        return identity is None or self.host == identity.host or self.moved_from in (ANYWHERE, identity.host)

    def is_vouched_for(self, identity: AccountIdentity | None) -> bool:
        """Return whether a person's word is enough, whatever its campaigns say: not if the host is another one, too."""
        return self.moved_from != "" if identity is None else self.moved_from == ANYWHERE and self.is_settled(identity)

    def is_settled(self, identity: AccountIdentity | None) -> bool:
        """Return whether nothing about it has to be bound."""
        return identity is not None and self.host == identity.host


def claimed_account(connection: Connection, *, advice: str = CONNECTION_ADVICE) -> ClaimedAccount:
    """Return the account that a connection leads to."""
    return ClaimedAccount(
        organization_id=connection.organization_id,
        host=account_host(connection.api_url),
        moved_from=connection.moved_from,
        advice=advice,
    )


def ensure_host(claimed: ClaimedAccount, state: State) -> AccountIdentity | None:
    """Return whose data the organization holds; raise AnotherAccount if that account has another host."""
    identity = state.transact(lambda transaction: read_identity(transaction, claimed.organization_id))
    if identity is not None and not claimed.may_follow(identity):
        raise _another(claimed, f"{claimed.host} is not {identity.host}, whose data it holds")
    return identity


class GuardedLists:
    """The campaigns of an account, after a check that it is the one whose data the organization holds.

    They are read whole, and the account is bound to the organization, before the first one is returned.
    """

    def __init__(self, claimed: ClaimedAccount, lists: CampaignLists, state: State, *, lists_campaigns: bool) -> None:
        """Raise AnotherAccount for another host; read the list here where a new account is dispatched without it."""
        self._claimed, self._lists, self._state = claimed, lists, state
        identity = ensure_host(claimed, state)
        if not lists_campaigns and not claimed.is_settled(identity):
            self._confirmed()

    def campaigns(self) -> Iterator[Campaign]:
        """Yield every campaign; raise AnotherAccount before the first one of another account."""
        yield from self._confirmed()

    def campaign_messages(self, campaign_id: int) -> list[CampaignMessage]:
        """Return a campaign's messages."""
        return self._lists.campaign_messages(campaign_id)

    def all_messages(self) -> Iterator[CampaignMessage]:
        """Yield every message of the account."""
        return self._lists.all_messages()

    def _confirmed(self) -> Sequence[Campaign]:
        found = list(self._lists.campaigns())
        _bind(self._claimed, found, self._state)
        return found


def _bind(claimed: ClaimedAccount, campaigns: Sequence[Campaign], state: State) -> None:
    """Bind the account that has these campaigns; raise AnotherAccount if the organization holds another one's data."""
    before = ensure_host(claimed, state)
    if not campaigns and claimed.is_settled(before):
        return  # it contradicts nothing, and no campaign vouches for it: what vouched before stays
    if not _is_plausible(claimed, before, campaigns, state):
        if not claimed.is_vouched_for(before):
            why = f"the campaigns of {claimed.host} are not those that it knows"
            is_elsewhere = before is not None and not claimed.is_settled(before)
            raise _another(claimed, f"{why}, so it has not moved there" if is_elsewhere else why)
        logger.warning("%s has other campaigns than before: it is the same account only by your word", claimed.host)
    if not claimed.is_settled(before):
        _ensure_unknown(claimed, campaigns, state)
    state.transact(lambda transaction: _store(transaction, claimed, campaigns))


def _ensure_unknown(claimed: ClaimedAccount, campaigns: Sequence[Campaign], state: State) -> None:
    """Raise AnotherAccount if the account is stored as another organization: all of it would be there twice."""
    for known, identity in identities(state):
        if known != claimed.organization_id and identity.is_at(claimed.host, campaigns):
            whose = f"{claimed.host} is the account whose data is stored as {known}"
            advice = claimed.advice_if_known.format(known=known)
            raise AnotherAccount([f"organization {claimed.organization_id}: {whose}: nothing was changed; {advice}"])


def _is_plausible(
    claimed: ClaimedAccount, before: AccountIdentity | None, campaigns: Sequence[Campaign], state: State
) -> bool:
    if before is not None:
        return before.verdict(campaigns) is Verdict.SAME
    known = {name for name, _ in state.children(campaigns_path(claimed.organization_id))}  # of an earlier version
    return not known or any(str(campaign.campaign_id) in known for campaign in campaigns)


def _store(transaction: Transaction, claimed: ClaimedAccount, campaigns: Sequence[Campaign]) -> None:
    before = read_identity(transaction, claimed.organization_id)
    identity = before or AccountIdentity(host=claimed.host, bound_at=transaction.now)
    if not claimed.is_settled(before):
        identity = replace(identity, host=claimed.host, bound_at=transaction.now)
    identity = identity.with_witnesses_of(campaigns)
    if identity != before:
        write_identity(transaction, claimed.organization_id, identity)


def _another(claimed: ClaimedAccount, why: str) -> AnotherAccount:
    return AnotherAccount([f"organization {claimed.organization_id}: {why}: nothing was changed; {claimed.advice}"])
