"""One delivery of a message, step by step: claim, read, flush, then checkpoint; hand over, or be done.

Killed at any point, delivered twice, late or out of order, the warehouse ends up the same:

- rows are merged before the checkpoint says so, and merging them again changes nothing;
- every write of the checkpoint is conditional on the lease, so a worker that lost it can write nothing more;
- every write to the warehouse is preceded by a look at the lease, and harmless where the worker is frozen in between;
- a continuation is recorded together with the hand-over and published after it; whoever meets a recorded one that was
  perhaps never published publishes it again.
"""

import logging
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from sendtrail.delivery.batch_writer import BatchWriter
from sendtrail.delivery.checkpoint import Claim
from sendtrail.delivery.failures import is_of_account, publish_failure
from sendtrail.delivery.lease import LeaseHolder, TaskContext
from sendtrail.delivery.services import Services
from sendtrail.errors import AccountPaused, LeaseHeld, LeaseLost, NoProgress, Rejected, Retryable
from sendtrail.logs import Event, log_event
from sendtrail.ports import LeaseCheck, TimeBudget, Topic
from sendtrail.warehouse.rows import Row

logger = logging.getLogger(__name__)

Progress = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """Rows that were read, and how far everything up to them goes; None where the work cannot be stopped yet.

    `pass_id` (contacts) is the pass that saw the rows, `ended_pass_id` one that is over now that this one has begun.
    """

    rows: Sequence[Row]
    progress: Progress | None
    pass_id: str = ""
    ended_pass_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finished:
    """The record of a sync that came to its end, and why parts of it failed, if any did."""

    record: Progress
    failures: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Again:
    """What was read is in doubt: the work goes on from `progress`."""

    progress: Progress


class SyncTask(Protocol):
    """A piece of work that can be stopped after any step with progress, and resumed from it."""

    @property
    def context(self) -> TaskContext:
        """Return which work it is, and where its checkpoint is stored."""
        ...

    def steps(self, progress: Progress | None, synced: Progress | None) -> Iterator[Step]:
        """Yield what is to be merged, from `progress` on; `synced` is the record of the last completed sync."""
        ...

    def finish(self, progress: Progress, check_lease: LeaseCheck) -> Finished | Again:
        """Do what remains when all is merged, repeatably; call `check_lease` right before each write."""
        ...

    def continuation(self, sequence: int) -> tuple[Topic, bytes]:
        """Return the message that goes on with this work, and its topic."""
        ...


class Outcome(StrEnum):
    """How a delivery ended; every one of them is acknowledged."""

    DONE = "done"
    INCOMPLETE = "incomplete"  # done but for parts that failed, which a later run reads again
    CONTINUED = "continued"
    STALE = "stale"
    REPUBLISHED = "republished"
    FAILED = "failed"
    LOST = "lost"
    PAUSED = "paused"  # the account is paused or switched off: what is left of the work is done when it is on again
    WITHDRAWN = "withdrawn"  # what it was for is not wanted any more: what was merged stays


def deliver(
    task: SyncTask, *, services: Services, budget: TimeBudget, read_slot: AbstractContextManager[object] | None = None
) -> Outcome:
    """Handle one delivery of a message; return to acknowledge it, raise to have it delivered again.

    `read_slot` is held while the account is read, and not while what was read is merged.
    Raise LeaseHeld while another worker is at it, and Retryable for trouble that may pass, before anything is read
    where the warehouse takes no rows. Raise AccountPaused where the account is paused: what was read is merged, and
    the next run after the pause goes on from there.
    """
    if services.breaker is not None:
        services.breaker.ensure_closed()
    holder = LeaseHolder(task.context, services=services, token=services.new_token())
    claim = holder.claim()
    logger.info("claim: %s", claim)
    outcome = _act_on(claim, task, holder, _Limits(services=services, budget=budget, read_slot=read_slot))
    log_event(logger, Event.DELIVERY_ENDED, outcome=outcome)
    return outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class _Limits:
    """What a delivery is done with, and held to."""

    services: Services
    budget: TimeBudget
    read_slot: AbstractContextManager[object] | None


def _act_on(claim: Claim, task: SyncTask, holder: LeaseHolder, limits: _Limits) -> Outcome:
    match claim:
        case Claim.STALE:
            return Outcome.STALE
        case Claim.HELD:
            raise LeaseHeld("another worker is at this work; it is tried again after its lease")
        case Claim.WITHDRAWN:
            return Outcome.WITHDRAWN
        case Claim.REPUBLISH:
            _publish_continuation(task, holder, limits.services)
            return Outcome.REPUBLISHED
        case Claim.TAKEN:
            return _sync(task, holder, limits)


def _sync(task: SyncTask, holder: LeaseHolder, limits: _Limits) -> Outcome:
    try:
        with holder.heartbeat():
            return _Sync(task, holder, limits).run()
    except LeaseLost:
        logger.warning("the lease was lost: the work goes on elsewhere")
        return Outcome.LOST
    except Rejected as error:
        return _give_up(holder, limits.services, error)
    except Exception:
        holder.release()
        raise


def _give_up(holder: LeaseHolder, services: Services, error: Rejected) -> Outcome:
    reason = str(error)
    try:
        holder.renew()
    except LeaseLost:
        return Outcome.LOST  # whether it fails is for the worker that took it over to say
    publish_failure(services, holder.context.item, reason=reason, of_account=is_of_account(error))
    holder.fail(reason)
    logger.error("given up: %s", reason)
    return Outcome.FAILED


def _publish_continuation(task: SyncTask, holder: LeaseHolder, services: Services) -> None:
    sequence = holder.context.item.sequence + 1
    topic, message = task.continuation(sequence)
    services.publisher.publish(topic, [message])
    holder.published(sequence)


class _Sync:
    """The part of a delivery that holds the lease: steps in, batches out, the checkpoint behind them."""

    def __init__(self, task: SyncTask, holder: LeaseHolder, limits: _Limits) -> None:
        self._task, self._holder, self._limits, self._services = task, holder, limits, limits.services
        self._start = self._progress = holder.checkpoint.progress
        self._pending: list[Row] = []
        self._began_at = self._services.clock.monotonic()
        self._writer = BatchWriter(self._services.warehouse, holder)

    def run(self) -> Outcome:
        with self._writer:
            while True:
                if self._read():
                    return self._hand_over()
                new_rows = self._writer.merge(self._pending)
                self._pending = []
                # What it writes to the warehouse depends on no checkpoint, so it does not rely on this machine's clock.
                result = self._task.finish(self._progress or {}, self._holder.renew)
                if isinstance(result, Finished):
                    return self._complete(result, new_rows)
                self._progress = result.progress
                self._holder.advance(result.progress, new_rows=new_rows)

    def _read(self) -> bool:
        """Read what is left; return whether the time is up before its end."""
        with self._limits.read_slot or nullcontext(), closing(self._steps()) as steps:
            for step in steps:
                self._take(step)
                if self._limits.budget.spent() and step.progress is not None:
                    return True
                if self._is_full():
                    self._submit()
        return False

    def _complete(self, finished: Finished, new_rows: int) -> Outcome:
        if finished.failures:
            self._holder.ensure_lease()  # what the worker that took over makes of them is for it to say
        for reason in finished.failures:
            logger.error("a part failed: %s", reason)
            publish_failure(self._services, self._holder.context.item, reason=reason)
        self._holder.complete(finished.record, new_rows=new_rows, reason="; ".join(finished.failures) or None)
        return Outcome.INCOMPLETE if finished.failures else Outcome.DONE

    def _steps(self) -> Generator[Step, None, None]:
        steps = self._task.steps(self._progress, self._holder.checkpoint.synced)
        while True:
            try:
                step = next(steps)
            except StopIteration:
                return
            except (Retryable, Rejected, AccountPaused):
                self._flush()  # what was read stays read: the next delivery goes on from here
                raise
            yield step

    def _take(self, step: Step) -> None:
        self._pending.extend(step.rows)
        self._writer.pass_id = step.pass_id
        if step.ended_pass_id:
            self._writer.forget_pass(step.ended_pass_id)
        if step.progress is not None:
            self._progress = step.progress

    def _is_full(self) -> bool:
        settings, breaker = self._services.settings, self._services.breaker
        if breaker is not None and breaker.is_on_trial():
            return bool(self._pending)
        waited_s = self._services.clock.monotonic() - self._began_at
        return len(self._pending) >= settings.flush_rows or waited_s >= settings.flush_s

    def _submit(self) -> None:
        self._writer.submit(self._pending, self._progress)
        self._pending = []
        self._began_at = self._services.clock.monotonic()

    def _flush(self) -> None:
        self._submit()
        self._writer.join()

    def _hand_over(self) -> Outcome:
        if self._progress == self._start:
            self._holder.ensure_account_runs()
            raise NoProgress("a delivery used its whole time budget without getting any further: raise the time budget")
        self._flush()
        if self._holder.is_withdrawn():
            self._holder.withdraw()
            return Outcome.WITHDRAWN
        self._holder.ensure_account_runs()
        self._holder.hand_over()
        _publish_continuation(self._task, self._holder, self._services)
        return Outcome.CONTINUED
