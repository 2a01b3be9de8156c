"""One delivery of a message, step by step: claim, read, flush, then checkpoint; hand over, or be done.

Killed at any point, delivered twice, late or out of order, the warehouse ends up the same:

- rows are merged before the checkpoint says so, and merging them again changes nothing;
- every write of the checkpoint is conditional on the lease, so a worker that lost it can write nothing more;
- a continuation is recorded together with the hand-over and published after it; whoever meets a recorded one that was
  perhaps never published publishes it again.
"""

import logging
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from sendtrail.clock import Clock
from sendtrail.delivery.batch_writer import BatchWriter
from sendtrail.delivery.checkpoint import Claim
from sendtrail.delivery.lease import LeaseHolder, TaskContext
from sendtrail.delivery.services import Services
from sendtrail.domain.messages import WorkFailed, encode
from sendtrail.errors import LeaseHeld, LeaseLost, NoProgress, Rejected, Retryable
from sendtrail.ports import Publisher, TimeBudget, Topic
from sendtrail.warehouse.rows import Batch, Row

logger = logging.getLogger(__name__)

Progress = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """Rows that were read, and how far everything up to them goes; None where there is no stopping place yet."""

    rows: Sequence[Row]
    progress: Progress | None


class SyncTask(Protocol):
    """A piece of work that can be stopped after any step with progress and taken up again from it."""

    @property
    def context(self) -> TaskContext:
        """Return whose work it is and where its checkpoint lies."""
        ...

    def steps(self, progress: Progress | None, synced: Progress | None) -> Iterator[Step]:
        """Yield what is to be merged, from `progress` on; `synced` is what the last completed sync left behind."""
        ...

    def batch(self, rows: Sequence[Row], *, delivery: str, number: int) -> Batch:
        """Return rows as the batch `number` of the delivery with the token `delivery`."""
        ...

    def finish(self, progress: Progress) -> Progress:
        """Do what is left when all is merged, repeatably, and return what this sync leaves behind."""
        ...

    def continuation(self, sequence: int) -> tuple[Topic, bytes]:
        """Return the message that goes on with this work, and its topic."""
        ...


class Outcome(StrEnum):
    """How a delivery ended; every one of them is acknowledged."""

    DONE = "done"
    CONTINUED = "continued"
    STALE = "stale"
    REPUBLISHED = "republished"
    FAILED = "failed"
    LOST = "lost"


def deliver(
    work: SyncTask, *, services: Services, budget: TimeBudget, reading: AbstractContextManager[object] | None = None
) -> Outcome:
    """Handle one delivery of a message; return to acknowledge it, raise to have it delivered again.

    `reading` is held while the account is read, and not while what was read is merged.
    Raise LeaseHeld while another worker is at it, and Retryable for trouble that may pass.
    """
    holder = LeaseHolder(work.context, services=services, token=services.new_token())
    claim = holder.claim()
    logger.info("claim: %s", claim)
    match claim:
        case Claim.STALE:
            return Outcome.STALE
        case Claim.HELD:
            raise LeaseHeld("another worker is at this work; it is tried again after its lease")
        case Claim.REPUBLISH:
            return _publish_continuation(work, holder, services, outcome=Outcome.REPUBLISHED)
        case Claim.TAKEN:
            return _sync(work, holder, services, _Limits(budget=budget, reading=reading or nullcontext()))


def publish_failure(
    publisher: Publisher, clock: Clock, *, organization_id: str, subject: str, run_id: str, sequence: int, reason: str
) -> None:
    """Publish work that can never succeed, with its reason, to the failures topic."""
    failed = WorkFailed(
        organization_id=organization_id,
        subject=subject,
        run_id=run_id,
        sequence=sequence,
        reason=reason,
        failed_at=clock.now(),
    )
    publisher.publish(Topic.FAILURES, [encode(failed)])


@dataclass(frozen=True, kw_only=True, slots=True)
class _Limits:
    """What a delivery is held to: its time, and what it holds while it reads."""

    budget: TimeBudget
    reading: AbstractContextManager[object]


def _sync(work: SyncTask, holder: LeaseHolder, services: Services, limits: _Limits) -> Outcome:
    try:
        with holder.heartbeat():
            return _Sync(work, holder, services, limits).run()
    except LeaseLost:
        logger.warning("the lease was lost: the work goes on elsewhere")
        return Outcome.LOST
    except Rejected as error:
        return _give_up(holder, services, reason=str(error))
    except Exception:
        holder.release()
        raise


def _give_up(holder: LeaseHolder, services: Services, *, reason: str) -> Outcome:
    context = holder.context
    try:
        holder.renew()
    except LeaseLost:
        return Outcome.LOST  # whether it fails is for the worker that took it over to say
    publish_failure(
        services.publisher,
        services.clock,
        organization_id=context.organization_id,
        subject=context.subject,
        run_id=context.run_id,
        sequence=context.sequence,
        reason=reason,
    )
    holder.fail(reason)
    logger.error("given up: %s", reason)
    return Outcome.FAILED


def _publish_continuation(work: SyncTask, holder: LeaseHolder, services: Services, *, outcome: Outcome) -> Outcome:
    sequence = holder.context.sequence + 1
    topic, message = work.continuation(sequence)
    services.publisher.publish(topic, [message])
    holder.published(sequence)
    return outcome


class _Sync:
    """The part of a delivery that owns the lease: steps in, batches out, the checkpoint behind them."""

    def __init__(self, work: SyncTask, holder: LeaseHolder, services: Services, limits: _Limits) -> None:
        self._work, self._holder, self._services, self._limits = work, holder, services, limits
        self._start = self._progress = holder.checkpoint.progress
        self._pending: list[Row] = []
        self._began_at = services.clock.monotonic()
        self._writer = BatchWriter(services.warehouse, holder, make_batch=self._batch)

    def run(self) -> Outcome:
        with self._writer:
            with self._limits.reading, closing(self._steps()) as steps:
                for step in steps:
                    self._take(step)
                    if self._limits.budget.spent() and step.progress is not None:
                        return self._hand_over()
                    if self._is_full():
                        self._begin_merge()
            new_rows = self._writer.merge(self._pending)
            self._holder.complete(self._work.finish(self._progress or {}), new_rows=new_rows)
            return Outcome.DONE

    def _steps(self) -> Generator[Step, None, None]:
        steps = self._work.steps(self._start, self._holder.checkpoint.synced)
        while True:
            try:
                step = next(steps)
            except StopIteration:
                return
            except Retryable:
                self._flush()  # what was read stays read: the next delivery goes on from here
                raise
            yield step

    def _take(self, step: Step) -> None:
        self._pending.extend(step.rows)
        if step.progress is not None:
            self._progress = step.progress

    def _is_full(self) -> bool:
        settings = self._services.settings
        waited_s = self._services.clock.monotonic() - self._began_at
        return len(self._pending) >= settings.flush_rows or waited_s >= settings.flush_s

    def _begin_merge(self) -> None:
        self._writer.submit(self._pending, self._progress)
        self._pending = []
        self._began_at = self._services.clock.monotonic()

    def _flush(self) -> None:
        self._begin_merge()
        self._writer.join()

    def _batch(self, rows: Sequence[Row], number: int) -> Batch:
        return self._work.batch(rows, delivery=self._holder.token, number=number)

    def _hand_over(self) -> Outcome:
        if self._progress == self._start:
            raise NoProgress("a delivery used its whole time budget without getting any further: raise the time budget")
        self._flush()
        self._holder.hand_over()
        return _publish_continuation(self._work, self._holder, self._services, outcome=Outcome.CONTINUED)
