"""The checkpoint of a piece of work (a campaign, or the contacts of an account) and its every transition.

Each function takes the checkpoint as stored and returns the one to store; they are pure, and run inside a transaction.

    (none) ──claim──▶ RUNNING ──complete──▶ DONE ──claim with a later sequence──▶ RUNNING
                       │  ▲ └──fail──▶ FAILED ──claim with a later sequence──▶ RUNNING, where it stopped
           hand_over   ▼  │ claim of the continuation
                      RUNNING, sequence + 1, continuation_pending until it is published
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sendtrail.errors import LeaseLost


class Status(StrEnum):
    """How far a piece of work is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Claim(StrEnum):
    """What a message that has arrived is to lead to."""

    TAKEN = "taken"  # the work is ours: go on
    STALE = "stale"  # done already, or overtaken: acknowledge, do nothing
    REPUBLISH = "republish"  # the continuation was recorded but perhaps never published
    HELD = "held"  # another worker is alive: come back later


@dataclass(frozen=True, kw_only=True, slots=True)
class Lease:
    """Who works on it: nobody else may write before `expires_at`, and the holder not after losing it."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """The state of one piece of work.

    `progress` is how far the sync under way has come (None before its first step), `synced` what the last completed one
    left behind, `new_rows` how many rows the sync under way has added since it was last counted for the operator.
    `backfill` says that the message which claimed it last lets news go first.
    """

    run_id: str
    sequence: int
    status: Status
    updated_at: datetime
    lease: Lease | None = None
    continuation_pending: bool = False
    progress: Mapping[str, Any] | None = None
    synced: Mapping[str, Any] | None = None
    new_rows: int = 0
    reason: str | None = None
    backfill: bool = False

    def is_held(self, now: datetime) -> bool:
        """Tell whether a live lease is on it."""
        return self.lease is not None and self.lease.expires_at > now


def claim(
    checkpoint: Checkpoint | None, *, run_id: str, sequence: int, lease: Lease, now: datetime, backfill: bool = False
) -> tuple[Claim, Checkpoint | None]:
    """Decide what a message leads to; the checkpoint is to be stored when the claim is TAKEN."""
    if checkpoint is None:
        return Claim.TAKEN, Checkpoint(
            run_id=run_id, sequence=sequence, status=Status.RUNNING, updated_at=now, lease=lease, backfill=backfill
        )
    if sequence < checkpoint.sequence:
        is_its_parent = checkpoint.continuation_pending and sequence == checkpoint.sequence - 1
        return (Claim.REPUBLISH if is_its_parent else Claim.STALE), checkpoint
    if sequence == checkpoint.sequence and checkpoint.status is not Status.RUNNING:
        return Claim.STALE, checkpoint
    if checkpoint.is_held(now):
        return Claim.HELD, checkpoint
    return Claim.TAKEN, replace(
        checkpoint,
        run_id=run_id,
        sequence=sequence,
        status=Status.RUNNING,
        lease=lease,
        continuation_pending=False,
        reason=None,
        updated_at=now,
        backfill=backfill,
    )


def renew(checkpoint: Checkpoint | None, *, lease: Lease, now: datetime) -> Checkpoint:
    """Return the checkpoint with its holder's lease prolonged; raise LeaseLost for anybody else."""
    return replace(_owned(checkpoint, lease.token), lease=lease, updated_at=now)


def advance(
    checkpoint: Checkpoint | None, *, lease: Lease, progress: Mapping[str, Any], new_rows: int, now: datetime
) -> Checkpoint:
    """Return the checkpoint after a flush: everything up to `progress` is in the warehouse."""
    owned = _owned(checkpoint, lease.token)
    return replace(owned, lease=lease, progress=progress, new_rows=owned.new_rows + new_rows, updated_at=now)


def hand_over(checkpoint: Checkpoint | None, *, token: str, now: datetime) -> Checkpoint:
    """Return the checkpoint that waits for its continuation, which is still to be published."""
    owned = _owned(checkpoint, token)
    return replace(
        owned, sequence=owned.sequence + 1, lease=None, continuation_pending=True, new_rows=0, updated_at=now
    )


def published(checkpoint: Checkpoint | None, *, sequence: int) -> Checkpoint | None:
    """Return the checkpoint after its continuation `sequence` was published; unchanged when it has moved on."""
    if checkpoint is None or checkpoint.sequence != sequence:
        return checkpoint
    return replace(checkpoint, continuation_pending=False)


def complete(
    checkpoint: Checkpoint | None, *, token: str, synced: Mapping[str, Any], now: datetime, reason: str | None = None
) -> Checkpoint:
    """Return the checkpoint of finished work; `reason` says why parts of it failed."""
    return replace(
        _owned(checkpoint, token),
        status=Status.DONE,
        lease=None,
        progress=None,
        synced=synced,
        new_rows=0,
        reason=reason,
        updated_at=now,
    )


def fail(checkpoint: Checkpoint | None, *, token: str, reason: str, now: datetime) -> Checkpoint:
    """Return the checkpoint of work that cannot succeed; its progress stays for the next try."""
    owned = _owned(checkpoint, token)
    return replace(owned, status=Status.FAILED, lease=None, new_rows=0, reason=reason, updated_at=now)


def release(checkpoint: Checkpoint | None, *, token: str, now: datetime) -> Checkpoint:
    """Return the checkpoint with the lease given up, so that a redelivery need not wait for it to expire."""
    return replace(_owned(checkpoint, token), lease=None, updated_at=now)


def new_lease(token: str, *, now: datetime, lease_s: float) -> Lease:
    """Return a lease of `lease_s` seconds."""
    return Lease(token=token, expires_at=now + timedelta(seconds=lease_s))


def _owned(checkpoint: Checkpoint | None, token: str) -> Checkpoint:
    if checkpoint is None or checkpoint.lease is None or checkpoint.lease.token != token:
        raise LeaseLost("another worker has taken this work over")
    return checkpoint
