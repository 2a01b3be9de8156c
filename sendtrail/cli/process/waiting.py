"""Waiting for what another program has, as long as a person allows."""

from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type

from sendtrail.clock import Clock
from sendtrail.errors import Busy

T = TypeVar("T")

POLL_S = 0.5


class Patience:
    """How long to wait for something that is in use, and who is told that somebody waits."""

    def __init__(self, wait_s: float, *, clock: Clock, say: Callable[[str], None]) -> None:
        self._wait_s, self._clock, self._say = wait_s, clock, say
        self._end = clock.monotonic() + wait_s
        self._said = ""

    def run(self, attempt: Callable[[], T]) -> T:
        """Return what an attempt returns; raise Busy where it still is when the time is over."""
        retrying = Retrying(
            retry=retry_if_exception_type(Busy),
            wait=lambda _: min(POLL_S, self._left_s),
            stop=lambda _: self._left_s <= 0,
            sleep=self._clock.sleep,
            before_sleep=self._tell,
            reraise=True,
        )
        return retrying(attempt)

    @property
    def _left_s(self) -> float:
        return self._end - self._clock.monotonic()

    def _tell(self, state: RetryCallState) -> None:
        sentence = str(state.outcome.exception()) if state.outcome else ""
        if sentence != self._said:  # once for each who has it
            self._said = sentence
            self._say(f"{sentence}. Waiting up to {self._wait_s:,.0f} s.")
