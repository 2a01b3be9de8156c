"""What is still wanted of an account, as stored: one document beside its status.

    read_wants       list them
    raise_wants      add to them
    withdraw_wants   drop them

`backfill_since` of the account's status says the same to earlier versions, which know nothing else: what one of them
stored there becomes a want.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sendtrail.domain.wants import Ask, Want, Wants, raised, spread, withdrawn, without
from sendtrail.errors import BadDocument
from sendtrail.ports import State, Transaction
from sendtrail.state.account_status import AccountStatus, read_status, write_status
from sendtrail.state.documents import from_document, to_document, wants_path

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignsWanted:
    """A want that some campaigns share; None: all of the account."""

    campaign_ids: tuple[int, ...] | None
    asked_at: datetime
    since: datetime | None = None
    forced_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WantsDocument:
    """The document; a list of groups, because Firestore indexes each entry of a mapping."""

    wants: tuple[CampaignsWanted, ...] = ()
    last_asked_at: datetime | None = None
    last_run_id: str = ""
    withdrawn_at: datetime | None = None
    backfill_since: datetime | None = None
    version: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawal:
    """What a delivery has to know of the document, which may name thousands of campaigns."""

    withdrawn_at: datetime | None = None


def read_wants(transaction: Transaction, organization_id: str) -> Wants:
    """Return what is wanted of an account; raise BadDocument where the document cannot be read."""
    path = wants_path(organization_id)
    document = transaction.get(path)
    if document is None:
        return Wants()
    try:
        stored = from_document(WantsDocument, document)
    except BadDocument as error:
        raise BadDocument(f"{error}; delete the document {path} and ask again for what is still wanted") from None
    return Wants(
        of_all=next((_want(group) for group in stored.wants if group.campaign_ids is None), None),
        of_campaigns={number: _want(group) for group in stored.wants for number in group.campaign_ids or ()},
        last_asked_at=stored.last_asked_at,
        last_run_id=stored.last_run_id,
        withdrawn_at=stored.withdrawn_at,
        backfill_since=stored.backfill_since,
    )


def raise_wants(state: State, organization_id: str, ask: Ask | None) -> tuple[Wants, Wants]:
    """Store what is asked for; return the wants before and after, those of earlier versions in both."""
    return state.transact(lambda transaction: add_wants(transaction, organization_id, ask))


def add_wants(transaction: Transaction, organization_id: str, ask: Ask | None) -> tuple[Wants, Wants]:
    """Store what is asked for with what else a transaction writes; return the wants before and after."""
    stored, status = read_wants(transaction, organization_id), read_status(transaction, organization_id)
    before = _with_earlier_version(stored, status, now=transaction.now)
    after = before if ask is None else raised(before, ask, now=transaction.now)
    _store(transaction, organization_id, after, before=stored, status=status)
    return before, after


def withdraw_wants(state: State, organization_id: str) -> Wants:
    """Drop all that is wanted of an account, and return it; what is under way for it stops at its next step."""
    return state.transact(lambda transaction: drop_wants(transaction, organization_id))


def drop_wants(transaction: Transaction, organization_id: str) -> Wants:
    """Drop all that is wanted of an account with what else a transaction writes, and return it."""
    stored, status = read_wants(transaction, organization_id), read_status(transaction, organization_id)
    before = _with_earlier_version(stored, status, now=transaction.now)
    if not before.is_empty:
        after = withdrawn(before, now=transaction.now)
        _store(transaction, organization_id, after, before=stored, status=status)
    return before


def settle_wants(
    transaction: Transaction, organization_id: str, *, campaigns: tuple[int, ...], ended: Mapping[int, Want]
) -> Wants:
    """Give each of the account's campaigns its want, drop those that have ended, and return what is left."""
    before, status = read_wants(transaction, organization_id), read_status(transaction, organization_id)
    after = without(spread(before, campaigns), ended)
    _store(transaction, organization_id, after, before=before, status=status)
    return after


def read_withdrawal(transaction: Transaction, organization_id: str) -> datetime | None:
    """Return up to when what was asked for of an account was withdrawn, None where it never was, or nobody can tell."""
    try:
        document = transaction.get(wants_path(organization_id))
        return None if document is None else from_document(Withdrawal, document).withdrawn_at
    except BadDocument as error:  # the dispatcher reports it
        logger.warning("nothing is taken as withdrawn: %s", error)
        return None


def _with_earlier_version(wants: Wants, status: AccountStatus | None, *, now: datetime) -> Wants:
    if status is None or status.backfill_since in (None, wants.backfill_since):
        return wants
    return raised(wants, Ask(run_id=f"earlier version, {status.run_id}", since=status.backfill_since), now=now)


def _store(
    transaction: Transaction, organization_id: str, after: Wants, *, before: Wants, status: AccountStatus | None
) -> None:
    if after != before:
        transaction.set(wants_path(organization_id), to_document(_document(after)))
    if status is not None and status.backfill_since != after.backfill_since:
        write_status(transaction, organization_id, replace(status, backfill_since=after.backfill_since))


def _document(wants: Wants) -> WantsDocument:
    groups: dict[Want, list[int]] = {}
    for number, want in sorted(wants.of_campaigns.items()):
        groups.setdefault(want, []).append(number)
    of_all = [_group(wants.of_all, None)] if wants.of_all else []
    return WantsDocument(
        wants=(*of_all, *(_group(want, tuple(numbers)) for want, numbers in groups.items())),
        last_asked_at=wants.last_asked_at,
        last_run_id=wants.last_run_id,
        withdrawn_at=wants.withdrawn_at,
        backfill_since=wants.backfill_since,
    )


def _group(want: Want, campaign_ids: tuple[int, ...] | None) -> CampaignsWanted:
    return CampaignsWanted(
        campaign_ids=campaign_ids, asked_at=want.asked_at, since=want.since, forced_at=want.forced_at
    )


def _want(group: CampaignsWanted) -> Want:
    return Want(asked_at=group.asked_at, since=group.since, forced_at=group.forced_at)
