"""The checkpoints of an account's campaigns; one that cannot be read costs its campaign, never the account."""

from collections.abc import Mapping
from dataclasses import dataclass

from sendtrail.delivery.checkpoint import Checkpoint
from sendtrail.errors import BadDocument
from sendtrail.ports import State
from sendtrail.state.documents import campaigns_path, from_document
from sendtrail.sync.pairing.lost_campaigns import with_losses


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoints:
    """The checkpoint of each campaign that was ever claimed, by its id, and why some cannot be read."""

    readable: Mapping[int, Checkpoint]
    unreadable: Mapping[str, str]


def checkpoints_of(organization_id: str, state: State) -> Checkpoints:
    """Return the checkpoints of an account's campaigns, in which those that have lost rows are due."""
    readable: dict[int, Checkpoint] = {}
    unreadable: dict[str, str] = {}
    for name, document in state.children(campaigns_path(organization_id)):
        try:
            readable[int(name)] = from_document(Checkpoint, document)
        except (BadDocument, ValueError) as error:
            place = f"{campaigns_path(organization_id)}/{name}"
            unreadable[name] = f"{error}; delete the document {place} to read the campaign anew"
    return Checkpoints(readable=with_losses(readable, organization_id, state), unreadable=unreadable)
