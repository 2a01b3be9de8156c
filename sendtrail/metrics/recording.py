"""The port that measurements go to, and what is measured of an answer and of a run."""

from enum import StrEnum
from typing import Protocol

from sendtrail.metrics.definitions import (
    ACCOUNT,
    OUTCOME,
    REQUESTS,
    RUN_DURATION,
    STATUS,
    THROTTLED_REQUESTS,
    Attributes,
    Metric,
)


class RunOutcome(StrEnum):
    """How a run of an account ended."""

    COMPLETE = "complete"  # everything is in
    INCOMPLETE = "incomplete"  # something is missing, and named
    INTERRUPTED = "interrupted"  # the next run goes on with it
    BUSY = "busy"  # somebody else is at it, or the account is paused
    ERROR = "error"  # it stopped before its end


def outcome_of(failures: int) -> RunOutcome:
    """Return how a run ended that came to its end, by how much is missing."""
    return RunOutcome.INCOMPLETE if failures else RunOutcome.COMPLETE


class Metrics(Protocol):
    """Where measurements go."""

    def record(self, metric: Metric, value: float, attributes: Attributes, /) -> None:
        """Take a measurement; never wait, and never raise. Any thread may call it."""
        ...


class SentMetrics(Metrics, Protocol):
    """Measurements that are sent somewhere."""

    def flush(self) -> None:
        """Send what was measured; wait for a bounded time, and never raise."""
        ...

    def close(self) -> None:
        """Send what was measured, and end; wait for a bounded time, and never raise."""
        ...


class NoMetrics:
    """Forgets what is measured."""

    def record(self, metric: Metric, value: float, attributes: Attributes, /) -> None:
        """Do nothing."""

    def flush(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


NO_METRICS = NoMetrics()


def measure_response(metrics: Metrics, organization_id: str, status: int) -> None:
    """Measure an answer of an account."""
    metrics.record(REQUESTS, 1, {ACCOUNT: organization_id, STATUS: status})
    metrics.record(THROTTLED_REQUESTS, int(status == 429), {ACCOUNT: organization_id})


def measure_run(metrics: Metrics, organization_id: str, outcome: RunOutcome, *, seconds: float) -> None:
    """Measure a run of an account that has ended."""
    metrics.record(RUN_DURATION, max(seconds, 0.0), {ACCOUNT: organization_id, OUTCOME: outcome.value})
