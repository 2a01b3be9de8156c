"""What a run asks the dispatcher for, as its settings describe it."""

from datetime import datetime
from uuid import uuid4

from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.delivery.lease import read_checkpoint
from sendtrail.errors import BadDocument
from sendtrail.ports import State, Transaction
from sendtrail.state.documents import contacts_path
from sendtrail.sync.contacts import is_pass_due
from sendtrail.sync.due import Request


def request_of(settings: SyncSettings, *, now: datetime) -> Request:
    """Return the request to the dispatcher that the settings describe."""
    return Request(
        organization_id=settings.organization,
        run_id=f"{now:%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}",
        campaign_ids=frozenset(settings.campaign) or None,
        since=settings.read_since(now),
        contacts=bool(settings.contacts),
        force=settings.is_forced,
        drop_wants=settings.drop_wants,
    )


def with_contacts(settings: SyncSettings, state: State) -> SyncSettings:
    """Return the settings with whether contacts are read, which was asked for or is due."""
    if settings.contacts is not None:
        return settings

    def work(transaction: Transaction) -> bool:
        checkpoint = read_checkpoint(transaction, contacts_path(settings.organization))
        return is_pass_due(checkpoint, now=transaction.now)

    try:
        contacts = state.transact(work)
    except BadDocument:  # the pass says what is wrong with it
        contacts = True
    return settings.model_copy(update={"contacts": contacts})
