"""The campaigns that a person has said to be deleted: that they are not listed any more is no trouble then."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

from sendtrail.ports import State, Transaction
from sendtrail.state.documents import deleted_campaigns_path, read_known, to_document


def _numbers(stored: object) -> object:
    return stored.split() if isinstance(stored, str) else stored


def _text(campaign_ids: Sequence[int]) -> str:
    return " ".join(map(str, campaign_ids))


@dataclass(frozen=True, kw_only=True, slots=True)
class DeletedCampaigns:
    """The ids of an account's deleted campaigns: one text in the document, of which Firestore indexes no element."""

    campaigns: Annotated[Sequence[int], BeforeValidator(_numbers), PlainSerializer(_text)] = field(default_factory=list)
    version: int = 1


def deleted_campaigns(state: State, organization_id: str) -> frozenset[int]:
    """Return the campaigns of an account that are known to be deleted."""
    return state.transact(lambda transaction: _read(transaction, organization_id))


def record_deletions(
    state: State, organization_id: str, *, deleted: Iterable[int] = (), listed: Iterable[int] = ()
) -> None:
    """Store that campaigns are deleted, and that others are listed again after all."""

    def work(transaction: Transaction) -> None:
        found = (_read(transaction, organization_id) | frozenset(deleted)) - frozenset(listed)
        transaction.set(deleted_campaigns_path(organization_id), to_document(DeletedCampaigns(campaigns=sorted(found))))

    state.transact(work)


def _read(transaction: Transaction, organization_id: str) -> frozenset[int]:
    """Return what is stored; of what cannot be read, a person is asked again."""
    stored = read_known(transaction, deleted_campaigns_path(organization_id), DeletedCampaigns)
    return frozenset() if stored is None else frozenset(stored.campaigns)
