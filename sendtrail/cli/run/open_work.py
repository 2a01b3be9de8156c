"""What earlier runs have left open and this one was not to read: it stays missing, and is named until it is in."""

from collections.abc import Iterator, Mapping

from sendtrail.cli.run.run_result import Failure, FailureKind
from sendtrail.cli.run.work_record import Fate
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.delivery.lease import read_checkpoint
from sendtrail.domain.work_item import CONTACTS
from sendtrail.errors import BadDocument
from sendtrail.ports import State
from sendtrail.state.documents import contacts_path
from sendtrail.sync.campaign_checkpoints import checkpoints_of

_UNFINISHED = "the last pass did not come to its end"


def open_work(settings: SyncSettings, state: State, *, fates: Mapping[str, Fate]) -> Iterator[Failure]:
    """Yield what failed in earlier runs and is no work of this one: the contacts, and campaigns that were not named."""
    if not settings.contacts and (reason := _open_contacts(settings.organization, state)):
        yield Failure(subject=CONTACTS, reason=reason, kind=FailureKind.OPEN)
    if settings.campaign:
        yield from _open_campaigns(settings.organization, state, fates=fates)


def _open_contacts(organization_id: str, state: State) -> str | None:
    path = contacts_path(organization_id)
    try:
        checkpoint = state.transact(lambda transaction: read_checkpoint(transaction, path))
    except BadDocument as error:
        return str(error)
    if checkpoint is None:
        return None
    return _UNFINISHED if checkpoint.status is Status.RUNNING else checkpoint.reason


def _open_campaigns(organization_id: str, state: State, *, fates: Mapping[str, Fate]) -> Iterator[Failure]:
    checkpoints: Mapping[int, Checkpoint] = checkpoints_of(organization_id, state).readable
    for number, checkpoint in sorted(checkpoints.items()):
        if checkpoint.reason and str(number) not in fates:
            yield Failure(subject=str(number), reason=checkpoint.reason, kind=FailureKind.OPEN)
