"""The checkpoints of an account's campaigns, and which wants they fulfil."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sendtrail.delivery.checkpoint import Checkpoint
from sendtrail.domain.wants import Want, Wants
from sendtrail.errors import BadDocument
from sendtrail.ports import State
from sendtrail.state.documents import campaigns_path, from_document, to_document
from sendtrail.state.stored_wants import read_wants, settle_wants
from sendtrail.sync.pairing.lost_campaigns import with_losses
from sendtrail.sync.sync_record import SyncRecord, credible, read_record

logger = logging.getLogger(__name__)

_WRONG_CLOCK = "a clock was wrong when %d of %d campaigns were stored: what that may have missed is read"


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoints:
    """The checkpoint of each campaign that was ever claimed, by its id, and why some cannot be read."""

    readable: Mapping[int, Checkpoint]
    unreadable: Mapping[str, str]


def checkpoints_of(organization_id: str, state: State, *, now: datetime | None = None) -> Checkpoints:
    """Return the checkpoints of an account's campaigns, in which those that have lost rows are due.

    One that cannot be read costs its campaign alone. Given the time, records are without times from the future.
    """
    stored: dict[int, Checkpoint] = {}
    unreadable: dict[str, str] = {}
    for name, document in state.children(campaigns_path(organization_id)):
        try:
            stored[int(name)] = from_document(Checkpoint, document)
        except (BadDocument, ValueError) as error:
            place = f"{campaigns_path(organization_id)}/{name}"
            unreadable[name] = f"{error}; delete the document {place} to read the campaign anew"
    readable = stored if now is None else _credible(stored, now=now)
    return Checkpoints(readable=with_losses(readable, organization_id, state), unreadable=unreadable)


def sync_records(organization_id: str, state: State) -> Mapping[int, SyncRecord]:
    """Return the record of the last completed sync of each campaign that has one, by its id."""
    found = checkpoints_of(organization_id, state).readable
    records = {number: read_record(checkpoint.synced) for number, checkpoint in found.items()}
    return {number: record for number, record in records.items() if record is not None}


def fulfilled_wants(
    wants: Wants, checkpoints: Mapping[int, Checkpoint], *, kept_since: datetime | None = None
) -> Mapping[int, Want]:
    """Return the wants of campaigns whose last completed sync read all of it that the warehouse keeps."""
    return {
        number: want
        for number, want in wants.of_campaigns.items()
        if number in checkpoints and _fulfils(checkpoints[number], want.within(kept_since))
    }


def close_wants(organization_id: str, state: State) -> Wants:
    """Drop the wants that are fulfilled by now, and return what is still wanted."""
    wants = state.transact(lambda transaction: read_wants(transaction, organization_id))
    if not wants.of_campaigns:
        return wants
    ended = fulfilled_wants(wants, checkpoints_of(organization_id, state).readable)
    return state.transact(lambda transaction: settle_wants(transaction, organization_id, campaigns=(), ended=ended))


def wants_of_others(wants: Wants, campaign_ids: Iterable[int]) -> Mapping[int, Want]:
    """Return the wants of campaigns that are not among these."""
    known = frozenset(campaign_ids)
    return {number: want for number, want in wants.of_campaigns.items() if number not in known}


def _fulfils(checkpoint: Checkpoint, want: Want) -> bool:
    record = read_record(checkpoint.synced)
    return record is not None and record.fulfils(want)


def _credible(stored: Mapping[int, Checkpoint], *, now: datetime) -> Mapping[int, Checkpoint]:
    """Return checkpoints without times from the future, and say once of how many they were."""
    believed = {number: _as_credible(each, now=now) for number, each in stored.items()}
    if wrong := sum(believed[number] is not each for number, each in stored.items()):
        logger.warning(_WRONG_CLOCK, wrong, len(stored))
    return believed


def _as_credible(checkpoint: Checkpoint, *, now: datetime) -> Checkpoint:
    stored = read_record(checkpoint.synced)
    record = credible(stored, now=now)
    if record is stored:
        return checkpoint
    return replace(checkpoint, synced=None if record is None else to_document(record))
