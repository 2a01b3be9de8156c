"""Looks at each write of a checkpoint: who works on what is decided by leases, whatever the code believes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.errors import BadDocument
from sendtrail.ports import Document
from sendtrail.state.documents import from_document
from sendtrail.warehouse.rows import Batch


class LeaseWatch:
    """Notes writes of checkpoints by who had no right to them, and work that does not go on, as `violations`."""

    def __init__(self) -> None:
        self.violations: list[str] = []
        self._begun: dict[str, Any] = {}
        """The progress from which each delivery goes on, by the token of its lease."""
        self._taken_over: set[str] = set()
        """The tokens of leases on work that another process has taken or ended since."""

    def wrote(self, path: str, *, before: Document | None, after: Document, by: str, now: datetime) -> None:
        """Look at a document that a process has stored; tokens begin with the names of their processes."""
        if _is_checkpoint(after) and after["lease"]:
            self._begun.setdefault(after["lease"]["token"], after["progress"])
        if before is None or not _is_checkpoint(before) or not _is_checkpoint(after):
            return
        self._look_at_work(path, before=before, after=after, by=by)
        if before["lease"]:  # most are nobody's
            if _is_taken_over(before["lease"]["token"], after, by=by):
                self._taken_over.add(before["lease"]["token"])
            self._look_at_holder(path, before=before, after=after, by=by, now=now)

    def _look_at_work(self, path: str, *, before: Document, after: Document, by: str) -> None:
        if _is_begun_anew(before, after):
            self.violations.append(f"{by} does again what was done: {path}, {after['run_id']}")
        if _is_handed_over(before, after) and self._begun.get(before["lease"]["token"], ()) == after["progress"]:
            self.violations.append(f"{by} hands {path} over, and has not gone on with it")

    def _look_at_holder(self, path: str, *, before: Document, after: Document, by: str, now: datetime) -> None:
        then, lease = _checkpoint(before), (after.get("lease") or {})
        if then is None or then.lease is None or then.lease.token == lease.get("token"):
            if (
                then is not None
                and then.lease is not None
                and not _is_of(then.lease.token, by)
                and _moved(before, after)
            ):
                self.violations.append(f"{by} wrote {path}, on which another one has a lease")
            return
        if _is_of(then.lease.token, by):
            return  # it gave its lease up, or took the work once more
        if then.is_held(now):
            how = "took" if lease else "ended"
            self.violations.append(f"{by} {how} work on {path} of another one, whose lease was live")

    def merges(self, batch: Batch, checkpoint: Document | None) -> None:
        """Look at a batch that is about to be merged, right after its worker has looked at its lease."""
        stored = None if checkpoint is None else _checkpoint(checkpoint)
        if stored is not None and stored.lease is not None and stored.lease.token != batch.delivery:
            self.violations.append(f"{batch.delivery} merges {batch.item.subject}, on which another one has a lease")
        elif batch.delivery in self._taken_over:
            self.violations.append(f"{batch.delivery} merges {batch.item.subject}, which another one has taken over")


def _is_checkpoint(document: Document) -> bool:
    return "sequence" in document and "lease" in document


def _is_taken_over(token: str, after: Document, *, by: str) -> bool:
    return (after["lease"] or {}).get("token") != token and not _is_of(token, by)


def _is_begun_anew(before: Document, after: Document) -> bool:
    """Return whether a message is worked on whose work is done: it came twice, or was published again."""
    is_same = all(before[name] == after[name] for name in ("run_id", "sequence"))
    return is_same and before["status"] == Status.DONE and after["status"] == Status.RUNNING


def _is_handed_over(before: Document, after: Document) -> bool:
    is_next = before["run_id"] == after["run_id"] and after["sequence"] == before["sequence"] + 1
    is_given_up = bool(before["lease"]) and not after["lease"]
    return is_next and is_given_up and after["status"] == Status.RUNNING


def _checkpoint(document: Document) -> Checkpoint | None:
    try:
        return from_document(Checkpoint, document)
    except BadDocument:
        return None


def _is_of(token: str, process: str) -> bool:
    return token.startswith(f"{process}-")


def _moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    return any(before.get(name) != after.get(name) for name in ("progress", "synced", "status", "sequence"))
