"""How often and how long a request is tried again.

Each attempt that failed in a way that may pass raises a RetryableFailure, which carries the error to raise when no
attempt is left.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type
from tenacity.wait import wait_exponential_jitter

from sendtrail.clock import Clock
from sendtrail.delivery.usage_meter import add_usage
from sendtrail.errors import SendtrailError
from sendtrail.state.run_usage import RunUsage

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class RetryPolicy:
    """At most `attempts` attempts, and none that would begin later than `total_s` seconds after the first.

    The pauses double from `base_s` up to `max_wait_s`, jittered. A 429 uses up time, but none of the attempts: it says
    that the account is busy, not that anything is wrong.
    """

    attempts: int = 6
    total_s: float = 240.0
    base_s: float = 1.0
    max_wait_s: float = 30.0


DEFAULT_RETRIES = RetryPolicy()


class RetryableFailure(Exception):
    """An attempt failed in a way that may pass; `then` is the error of a request that fails like this to the end.

    `pause_s` is how long the account asks to be left alone.
    """

    def __init__(self, then: SendtrailError, *, pause_s: float = 0.0, uses_up_an_attempt: bool = True) -> None:
        super().__init__(str(then))
        self.then = then
        self.pause_s = pause_s
        self.uses_up_an_attempt = uses_up_an_attempt


class Attempts:
    """The attempts of one request."""

    def __init__(self, policy: RetryPolicy, clock: Clock) -> None:
        self._policy, self._clock = policy, clock
        self._started = clock.monotonic()
        self._failed = 0
        self._backoff = wait_exponential_jitter(multiplier=policy.base_s, max=policy.max_wait_s, jitter=policy.base_s)

    def run(self, attempt: Callable[[], T]) -> T:
        """Return what an attempt returns; raise what the last RetryableFailure leads to."""
        retrying = Retrying(
            retry=retry_if_exception_type(RetryableFailure),
            wait=self._wait_s,
            stop=self._is_over,
            sleep=self._clock.sleep,
            before_sleep=_log,
            reraise=True,
        )
        try:
            return retrying(attempt)
        except RetryableFailure as failure:
            raise failure.then from failure.__cause__

    def _wait_s(self, state: RetryCallState) -> float:
        return max(self._backoff(state), _failure(state).pause_s)

    def _is_over(self, state: RetryCallState) -> bool:
        self._failed += _failure(state).uses_up_an_attempt
        elapsed_s = self._clock.monotonic() - self._started
        return self._failed >= self._policy.attempts or elapsed_s + state.upcoming_sleep > self._policy.total_s


def _failure(state: RetryCallState) -> RetryableFailure:
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, RetryableFailure):
        raise TypeError("only a RetryableFailure is tried again")
    return error


def _log(state: RetryCallState) -> None:
    add_usage(RunUsage(retries=1))
    logger.warning("%s; trying again in %.1f s", _failure(state), state.upcoming_sleep)
