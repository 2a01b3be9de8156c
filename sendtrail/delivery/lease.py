"""The holder of a lease: it renews the lease while it works, and writes the checkpoint."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from sendtrail import threads
from sendtrail.clock import Clock
from sendtrail.delivery import checkpoint as rules
from sendtrail.delivery.checkpoint import Checkpoint, Claim, Lease, Status
from sendtrail.delivery.services import Services
from sendtrail.delivery.usage_meter import put_back_usage, take_usage
from sendtrail.domain.wants import is_withdrawn
from sendtrail.domain.work_item import WorkItem
from sendtrail.errors import LeaseLost, SendtrailError
from sendtrail.ports import Transaction
from sendtrail.state.account_pause import ensure_account_runs, ensure_running
from sendtrail.state.account_status import AccountStatus, read_status, write_status
from sendtrail.state.documents import from_document, to_document
from sendtrail.state.run_usage import NO_USAGE
from sendtrail.state.stored_wants import read_withdrawal
from sendtrail.threads import Event
from sendtrail.warehouse.rows import Table

logger = logging.getLogger(__name__)

RENEWALS_PER_LEASE = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskContext:
    """What the delivery protocol needs to know about a task: its work item, its checkpoint and the table of its rows.

    `counts`: the account's status counts it (campaigns). `backfill`: incremental work goes first. `wanted_at` is when
    somebody asked for it.
    """

    item: WorkItem
    checkpoint_path: str
    table: Table
    counts: bool
    backfill: bool = False
    wanted_at: datetime | None = None


class LeaseHolder:
    """One worker's lease on a piece of work; each of its writes is refused once the lease is lost."""

    def __init__(self, context: TaskContext, *, services: Services, token: str) -> None:
        self.context = context
        self._state, self._clock = services.state, services.clock
        self._lease_s, self._on_run_ended = services.settings.lease_s, services.on_run_ended
        self._looked_at = _Moment.of(self._clock)
        self._is_lost = threads.event()
        self.token = token
        self._checkpoint: Checkpoint | None = None

    @property
    def checkpoint(self) -> Checkpoint:
        """Return the checkpoint as of the claim."""
        if self._checkpoint is None:
            raise LeaseLost("this work was never claimed")
        return self._checkpoint

    def claim(self) -> Claim:
        """Claim the work; return what to do with the message, or raise AccountPaused and change nothing."""

        def work(transaction: Transaction) -> tuple[Claim, Checkpoint | None, bool]:
            ensure_running(transaction, self.context.item.organization_id)
            before = read_checkpoint(transaction, self.context.checkpoint_path)
            status = self._status_to_correct(transaction, before)
            decision, after = rules.claim(
                before,
                run_id=self.context.item.run_id,
                sequence=self.context.item.sequence,
                lease=self._lease(transaction.now),
                now=transaction.now,
                backfill=self.context.backfill,
                wanted_at=self.context.wanted_at,
                withdrawn_at=self._withdrawn_at(transaction, before),
            )
            if after is not None and after != before:
                transaction.set(self.context.checkpoint_path, to_document(after))
            if status is not None and decision is Claim.TAKEN:
                write_status(transaction, self.context.item.organization_id, status)
            is_wrong = before is not None and before.has_wrong_expiry(transaction.now, lease_s=self._lease_s)
            return decision, after, is_wrong and decision is Claim.TAKEN

        asked_at = _Moment.of(self._clock)
        decision, self._checkpoint, took_over_wrong_lease = self._state.transact(work)
        self._looked_at = asked_at
        if took_over_wrong_lease:
            logger.warning("a lease was stored while a clock was wrong: this worker does not wait for its end")
        return decision

    @contextmanager
    def heartbeat(self) -> Iterator[None]:
        """Renew the lease in a thread of its own for as long as the block runs."""
        done = threads.event()
        keeper = threads.start(lambda: self._renew_until(done), name="lease-keeper")
        try:
            yield
        finally:
            done.set()
            keeper.join()

    def renew(self) -> None:
        """Renew the lease; raise LeaseLost if another worker has it."""
        asked_at = _Moment.of(self._clock)
        try:
            self._change(lambda before, now: rules.renew(before, lease=self._lease(now), now=now))
        except LeaseLost:
            self._is_lost.set()
            raise
        self._looked_at = asked_at

    def ensure_lease(self) -> None:
        """Renew the lease unless that was done recently; raise LeaseLost if another worker has it."""
        is_old = self._looked_at.age_s(self._clock) > self._lease_s / RENEWALS_PER_LEASE
        if is_old or self._is_lost.is_set():
            self.renew()

    def advance(self, progress: Mapping[str, Any], *, new_rows: int) -> None:
        """Record that everything up to `progress` is in the warehouse."""
        self._change(
            lambda before, now: rules.advance(
                before, lease=self._lease(now), progress=progress, new_rows=new_rows, now=now
            )
        )

    def hand_over(self) -> None:
        """Leave the rest of the work to its continuation, which is still to be published."""
        self._change(lambda before, now: rules.hand_over(before, token=self.token, now=now), is_end=True)

    def ensure_account_runs(self) -> None:
        """Raise AccountPaused where somebody has paused the account meanwhile."""
        ensure_account_runs(self._state, self.context.item.organization_id)

    def is_withdrawn(self) -> bool:
        """Return whether nobody wants any more what this work reads for the sake of the past."""
        wanted_at = self.checkpoint.wanted_at
        if wanted_at is None:
            return False
        withdrawn_at = self._state.transact(lambda transaction: self._withdrawn_at(transaction, self.checkpoint))
        return is_withdrawn(wanted_at, withdrawn_at=withdrawn_at)

    def withdraw(self) -> None:
        """End the work where it is, as nobody wants it any more."""
        self._change(lambda before, now: rules.withdraw(before, token=self.token, now=now), is_end=True)

    def published(self, sequence: int) -> None:
        """Record that the continuation was published; by now it may be claimed, and its checkpoint another worker's."""

        def work(transaction: Transaction) -> None:
            before = read_checkpoint(transaction, self.context.checkpoint_path)
            after = rules.published(before, sequence=sequence)
            if after is not None and after != before:
                transaction.set(self.context.checkpoint_path, to_document(after))

        self._state.transact(work)

    def complete(self, synced: Mapping[str, Any], *, new_rows: int, reason: str | None = None) -> None:
        """Record that the sync is complete: its record, the rows that its last batch added, why parts of it failed."""
        self._change(
            lambda before, now: rules.complete(before, token=self.token, synced=synced, now=now, reason=reason),
            new_rows=new_rows,
            is_end=True,
        )

    def fail(self, reason: str) -> None:
        """Record that the work cannot succeed; do nothing if another worker has it by now."""
        with suppress(LeaseLost):
            self._change(lambda before, now: rules.fail(before, token=self.token, reason=reason, now=now), is_end=True)

    def release(self) -> None:
        """Give up the lease, if the state store can be reached: otherwise it expires."""
        with suppress(SendtrailError):
            self._change(lambda before, now: rules.release(before, token=self.token, now=now))
        with suppress(SendtrailError):
            self._count_usage()

    def _withdrawn_at(self, transaction: Transaction, before: Checkpoint | None) -> datetime | None:
        """Return up to when wants were withdrawn; work that nobody had to ask for is not looked up."""
        if self.context.wanted_at is None and (before is None or before.wanted_at is None):
            return None
        return read_withdrawal(transaction, self.context.item.organization_id)

    def _status_to_correct(self, transaction: Transaction, before: Checkpoint | None) -> AccountStatus | None:
        """Return the account's status less the failure that this delivery tries again; None where it counts none."""
        item = self.context.item
        if not self.context.counts or before is None or before.status is not Status.FAILED:
            return None
        status = read_status(transaction, item.organization_id)
        is_counted = status is not None and before.sequence == item.sequence and before.run_id == status.run_id
        if status is None or not is_counted:
            return None
        return replace(status, campaigns_failed=max(0, status.campaigns_failed - 1))

    def _count_usage(self) -> None:
        """Count what a delivery took that is tried again, in the latest run; one that ends says so with its end."""
        used, item = take_usage(), self.context.item

        def work(transaction: Transaction) -> None:
            status = read_status(transaction, item.organization_id)
            if status is not None:
                write_status(transaction, item.organization_id, replace(status, usage=status.usage.plus(used)))

        if self.context.counts and used != NO_USAGE:
            self._state.transact(work)

    def _change(
        self,
        change: Callable[[Checkpoint | None, datetime], Checkpoint],
        *,
        new_rows: int = 0,
        is_end: bool = False,
    ) -> None:
        used = take_usage() if is_end and self.context.counts else NO_USAGE  # a heartbeat beside it must not have it

        def work(transaction: Transaction) -> tuple[AccountStatus | None, AccountStatus | None, datetime]:
            before = read_checkpoint(transaction, self.context.checkpoint_path)
            after = change(before, transaction.now)
            is_over = self.context.counts and (after.sequence, after.status) != (
                self.context.item.sequence,
                Status.RUNNING,
            )
            status = read_status(transaction, self.context.item.organization_id) if is_over else None
            transaction.set(self.context.checkpoint_path, to_document(after))
            counted = _status_after(status, before=before, after=after, new_rows=new_rows, now=transaction.now)
            if counted is not None:  # a later run, too: the row of this one is written by then
                ended_at = transaction.now if _has_ended(status, counted) else counted.ended_at
                counted = replace(counted, usage=counted.usage.plus(used), ended_at=ended_at)
            write_status(transaction, self.context.item.organization_id, counted)
            return status, counted, transaction.now

        try:
            status, counted, at = self._state.transact(work)
        except Exception:
            put_back_usage(used)
            raise
        if counted is None:
            put_back_usage(used)
        elif _has_ended(status, counted) and status is not None and status.ended_at is None:
            self._on_run_ended(self.context.item.organization_id, counted, at)

    def _renew_until(self, done: Event) -> None:
        while not done.wait(self._lease_s / RENEWALS_PER_LEASE):
            try:
                self.renew()
            except LeaseLost:
                return  # the worker learns it from its next write
            except SendtrailError as error:
                logger.warning("the lease could not be renewed and will be tried again: %s", error)

    def _lease(self, now: datetime) -> Lease:
        return rules.new_lease(self.token, now=now, lease_s=self._lease_s)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Moment:
    """A moment by both clocks of the machine.

    The monotonic one stands still while a laptop or a virtual machine sleeps, the other one may be set back: the time
    that has passed is the longer of the two.
    """

    monotonic_s: float
    at: datetime

    @classmethod
    def of(cls, clock: Clock) -> Self:
        return cls(monotonic_s=clock.monotonic(), at=clock.now())

    def age_s(self, clock: Clock) -> float:
        return max(clock.monotonic() - self.monotonic_s, (clock.now() - self.at).total_seconds())


def read_checkpoint(transaction: Transaction, path: str) -> Checkpoint | None:
    """Return the checkpoint at a path, None if there is none."""
    document = transaction.get(path)
    return None if document is None else from_document(Checkpoint, document)


def _has_ended(before: AccountStatus | None, after: AccountStatus | None) -> bool:
    return before is not None and after is not None and after.is_finished and not before.is_finished


def _status_after(
    status: AccountStatus | None, *, before: Checkpoint | None, after: Checkpoint, new_rows: int, now: datetime
) -> AccountStatus | None:
    if status is None or before is None:
        return None
    counted = status.with_rows(before.new_rows + new_rows, now)
    if status.run_id != after.run_id or after.status is Status.RUNNING:
        return counted
    if after.status is Status.DONE and after.reason is None:
        return replace(counted, campaigns_completed=counted.campaigns_completed + 1).with_success()
    return replace(counted, campaigns_failed=counted.campaigns_failed + 1)
