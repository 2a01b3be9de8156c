"""Looks at each acknowledged message: with work that was begun somebody goes on, by a message that is still there."""

import orjson

from sendtrail.delivery.checkpoint import Status
from sendtrail.ports import Topic
from sendtrail.simulation.cloud.message_queue import MessageQueue, Queued
from sendtrail.simulation.cloud.state_store import Documents
from sendtrail.simulation.engine.faults import Fault, Faults
from sendtrail.state.documents import campaign_path, contacts_path

LEAVING_WORK = frozenset({Fault.OLD_STATE, Fault.DISABLED, Fault.PAUSED, Fault.TAKEN_BACK})
"""After these, work may be left to the next run, as documented."""


class WorkWatch:
    """Notes the last messages of unfinished work that were acknowledged, as `violations`."""

    def __init__(self, documents: Documents, queue: MessageQueue, faults: Faults) -> None:
        self._documents, self._queue, self._faults = documents, queue, faults
        self.violations: list[str] = []

    def may_leave_work(self, organization_id: str) -> bool:
        """Return whether an account may have work that nobody goes on with before its next run.

        Some may be left where messages were purged, as with a machine, or given up, or after what operators did.
        """
        is_left = any(kind in LEAVING_WORK for kind, _ in self._faults.happened)
        return is_left or organization_id in self._queue.lost_some_of

    def acknowledged(self, message: Queued, *, by: str) -> None:
        """Look at what is left of the work of a message that was acknowledged."""
        if self.may_leave_work(message.organization_id):
            return
        path, _ = _work_of(message)
        checkpoint = self._documents.get(path)
        if checkpoint is None or checkpoint["status"] != Status.RUNNING:
            return
        left = [_work_of(each) for each in self._queue.messages(message.topic, message.organization_id)]
        # A hand-over that is not published yet is that of the message before.
        sequence = checkpoint["sequence"] - bool(checkpoint.get("continuation_pending"))
        if not any(whose == path and number >= sequence for whose, number in left):
            self.violations.append(f"{by} acknowledged the last message of {path}, which is not done")


def _work_of(message: Queued) -> tuple[str, int]:
    """Return where the checkpoint of a message's work is stored, and the message's place in it."""
    found = orjson.loads(message.data)
    organization_id = found["organization_id"]
    is_campaign = message.topic is Topic.CAMPAIGNS
    path = campaign_path(organization_id, found["campaign_id"]) if is_campaign else contacts_path(organization_id)
    return path, found["sequence"]
