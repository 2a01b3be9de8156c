"""Looks whether an account is paused, before its requests and seldom enough to cost nothing."""

from sendtrail.clock import Clock
from sendtrail.ports import State
from sendtrail.state.account_pause import ensure_account_runs

# How old the answer may be: so long after a pause, no request is sent any more.
MAX_AGE_S = 1.0


class PauseWatch:
    """Knows, from at most a second ago, whether an account is paused; usable from many threads."""

    def __init__(self, state: State, clock: Clock, *, organization_id: str) -> None:
        self._state, self._clock, self._organization_id = state, clock, organization_id
        self._looked_at = float("-inf")

    def ensure_running(self) -> None:
        """Raise AccountPaused where the account is paused; look again only where the last answer is old."""
        now = self._clock.monotonic()
        if now - self._looked_at >= MAX_AGE_S:
            ensure_account_runs(self._state, self._organization_id)
            self._looked_at = now
