"""The checkpoint of a piece of work (a campaign, or the contacts of an account) and all of its transitions.

Each function takes the stored checkpoint and returns the one to store. They are pure and run inside a transaction.

    (none) ──claim──▶ RUNNING ──complete──▶ DONE ──claim with a later sequence──▶ RUNNING
                       │  ▲ └──fail──▶ FAILED ──claim with the same sequence, or later──▶ RUNNING, where it stopped
           hand_over   ▼  │ claim of the continuation
                      RUNNING, sequence + 1, continuation_pending until it is published

What was asked for and withdrawn meanwhile is not claimed, and its progress is dropped: the next sync reads the changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sendtrail.domain.wants import is_withdrawn
from sendtrail.errors import LeaseLost

# The longest lease that the settings allow.
MAX_LEASE_S = 600.0


class Status(StrEnum):
    """The stage of a piece of work."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Claim(StrEnum):
    """What to do with a message that has arrived."""

    TAKEN = "taken"  # this worker has the lease now: do the work
    STALE = "stale"  # done, or replaced by a later message: acknowledge, do nothing
    REPUBLISH = "republish"  # the continuation was recorded, but perhaps not published: publish it
    HELD = "held"  # another worker has a live lease: try again later
    WITHDRAWN = "withdrawn"  # nobody wants this history any more: acknowledge, keep what was merged


@dataclass(frozen=True, kw_only=True, slots=True)
class Lease:
    """One worker's right to write the checkpoint; nobody else may claim it before `expires_at`."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """The state of one piece of work.

    `progress` is how far the current sync is (None before its first step), `synced` the record of the last completed
    one, `new_rows` how many rows the current sync has added since they were last counted in the account's status.
    `backfill`: the message that claimed it last lets incremental work go first. `wanted_at` is when somebody asked for
    what the current sync reads beyond the changes.
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
    wanted_at: datetime | None = None

    def is_held(self, now: datetime, *, lease_s: float = MAX_LEASE_S) -> bool:
        """Return whether a worker has a live lease on it, where leases last up to `lease_s` seconds."""
        return (
            self.lease is not None and self.lease.expires_at > now and not self.has_wrong_expiry(now, lease_s=lease_s)
        )

    def has_wrong_expiry(self, now: datetime, *, lease_s: float = MAX_LEASE_S) -> bool:
        """Return whether its lease ends so late that a clock must have been wrong, so that nobody is to wait for it."""
        return self.lease is not None and self.lease.expires_at > now + 2 * timedelta(seconds=lease_s)


def claim(
    checkpoint: Checkpoint | None,
    *,
    run_id: str,
    sequence: int,
    lease: Lease,
    now: datetime,
    backfill: bool = False,
    wanted_at: datetime | None = None,
    withdrawn_at: datetime | None = None,
) -> tuple[Claim, Checkpoint | None]:
    """Decide what to do with a message; return the checkpoint to store when the claim is TAKEN or WITHDRAWN, too.

    `wanted_at` is the message's, `withdrawn_at` up to when wants of the account were withdrawn.
    """
    is_unwanted = is_withdrawn(wanted_at, withdrawn_at=withdrawn_at)
    taken = Checkpoint(
        run_id=run_id,
        sequence=sequence,
        status=Status.RUNNING,
        updated_at=now,
        lease=lease,
        backfill=backfill,
        wanted_at=wanted_at,
    )
    if checkpoint is None:
        return (Claim.WITHDRAWN, None) if is_unwanted else (Claim.TAKEN, taken)
    refusal = _refusal(checkpoint, sequence=sequence, lease=lease, now=now)
    if refusal is not None:
        return refusal, checkpoint
    if is_withdrawn(checkpoint.wanted_at, withdrawn_at=withdrawn_at):
        checkpoint = _without_history(checkpoint)
    if is_unwanted:
        return Claim.WITHDRAWN, _ended(checkpoint, now=now)
    return Claim.TAKEN, replace(
        taken,
        progress=checkpoint.progress,
        synced=checkpoint.synced,
        new_rows=checkpoint.new_rows,
        wanted_at=wanted_at or (checkpoint.wanted_at if checkpoint.progress else None),
    )


def renew(checkpoint: Checkpoint | None, *, lease: Lease, now: datetime) -> Checkpoint:
    """Return the checkpoint with the holder's renewed lease; raise LeaseLost for anybody else."""
    return replace(_held_by(checkpoint, lease.token), lease=lease, updated_at=now)


def advance(
    checkpoint: Checkpoint | None, *, lease: Lease, progress: Mapping[str, Any], new_rows: int, now: datetime
) -> Checkpoint:
    """Return the checkpoint after a flush: everything up to `progress` is in the warehouse by now."""
    held = _held_by(checkpoint, lease.token)
    return replace(held, lease=lease, progress=progress, new_rows=held.new_rows + new_rows, updated_at=now)


def hand_over(checkpoint: Checkpoint | None, *, token: str, now: datetime) -> Checkpoint:
    """Return the checkpoint without a lease, for a continuation that is still to be published."""
    held = _held_by(checkpoint, token)
    return replace(held, sequence=held.sequence + 1, lease=None, continuation_pending=True, new_rows=0, updated_at=now)


def withdraw(checkpoint: Checkpoint | None, *, token: str, now: datetime) -> Checkpoint:
    """Return the checkpoint of work that nobody wants any more: as it was before, and what was merged stays."""
    return _ended(_without_history(_held_by(checkpoint, token)), now=now)


def published(checkpoint: Checkpoint | None, *, sequence: int) -> Checkpoint | None:
    """Return the checkpoint after its continuation `sequence` was published; unchanged after a later hand-over."""
    if checkpoint is None or checkpoint.sequence != sequence:
        return checkpoint
    return replace(checkpoint, continuation_pending=False)


def complete(
    checkpoint: Checkpoint | None, *, token: str, synced: Mapping[str, Any], now: datetime, reason: str | None = None
) -> Checkpoint:
    """Return the checkpoint of finished work; `reason` says why parts of it failed."""
    return replace(
        _held_by(checkpoint, token),
        status=Status.DONE,
        lease=None,
        progress=None,
        synced=synced,
        new_rows=0,
        reason=reason,
        updated_at=now,
    )


def fail(checkpoint: Checkpoint | None, *, token: str, reason: str, now: datetime) -> Checkpoint:
    """Return the checkpoint of work that cannot succeed; its progress is kept for the next attempt."""
    held = _held_by(checkpoint, token)
    return replace(held, status=Status.FAILED, lease=None, new_rows=0, reason=reason, updated_at=now)


def release(checkpoint: Checkpoint | None, *, token: str, now: datetime) -> Checkpoint:
    """Return the checkpoint without its lease, so that a redelivery need not wait for it to expire."""
    return replace(_held_by(checkpoint, token), lease=None, updated_at=now)


def new_lease(token: str, *, now: datetime, lease_s: float) -> Lease:
    """Return a lease that lasts `lease_s` seconds."""
    return Lease(token=token, expires_at=now + timedelta(seconds=lease_s))


def _without_history(checkpoint: Checkpoint) -> Checkpoint:
    return replace(checkpoint, progress=None, wanted_at=None, backfill=False)


def _ended(checkpoint: Checkpoint, *, now: datetime) -> Checkpoint:
    """Return the checkpoint after its sync ended early; one that has never completed a sync stays to be begun anew.

    The worker that was at it may only be frozen: without its lease it does not go on with what nobody wants.
    """
    if checkpoint.status is not Status.RUNNING or checkpoint.progress is not None:
        return checkpoint  # the message was for history, what is under way is not
    ended = replace(checkpoint, lease=None, continuation_pending=False, updated_at=now)
    return ended if ended.synced is None else replace(ended, status=Status.DONE, new_rows=0)


def _refusal(checkpoint: Checkpoint, *, sequence: int, lease: Lease, now: datetime) -> Claim | None:
    """Return why a message is not to be worked on, None where it is."""
    if sequence < checkpoint.sequence:
        is_parent = checkpoint.continuation_pending and sequence == checkpoint.sequence - 1
        return Claim.REPUBLISH if is_parent else Claim.STALE
    if sequence == checkpoint.sequence and checkpoint.status is Status.DONE:
        return Claim.STALE
    if checkpoint.is_held(now, lease_s=(lease.expires_at - now).total_seconds()):
        return Claim.HELD
    return None


def _held_by(checkpoint: Checkpoint | None, token: str) -> Checkpoint:
    if checkpoint is None or checkpoint.lease is None or checkpoint.lease.token != token:
        raise LeaseLost("another worker has taken this work over")
    return checkpoint
