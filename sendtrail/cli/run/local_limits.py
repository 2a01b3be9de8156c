"""What a run on this machine is held to: its time, retries, the account's limit after a kill, and a right clock."""

import logging
from datetime import timedelta

from sendtrail.activecampaign.http.retries import RetryPolicy
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.clock import Clock, Deadline, StopSignal
from sendtrail.ports import State
from sendtrail.rate_limit.gcra import backed_off
from sendtrail.rate_limit.stored_limit import StoredLimit

logger = logging.getLogger(__name__)

# The account's limit is one of requests in any second.
WINDOW = timedelta(seconds=1)

# A person waits: a wrong key or address is reported within seconds, and the queue retries what may be temporary.
INTERACTIVE_RETRIES = RetryPolicy(attempts=5, total_s=240.0, base_s=0.5, max_wait_s=8.0)


class LocalBudget:
    """The time budget of one delivery: spent after its seconds, or when the whole run is to stop."""

    def __init__(self, clock: Clock, *, budget_s: float, stop: StopSignal) -> None:
        self._deadline, self._stop = Deadline(clock, budget_s=budget_s), stop

    def spent(self) -> bool:
        """Return whether it is time to hand over."""
        return self._stop.is_set() or self._deadline.spent()


def wait_for_window(state: State, settings: SyncSettings) -> None:
    """Let a process that was killed have the second in which its last requests fell: the state may not know of them."""
    limit = settings.connection.rate_limit
    stored = StoredLimit(state, organization_id=settings.organization, rate_limit=limit)
    stored.transact(lambda before, now: (None, backed_off(before, until=now + WINDOW)))


def say_that_clock_is_ahead(ahead: timedelta) -> None:
    """Log by how much this machine's clock is ahead of the account's."""
    logger.warning(
        "this machine's clock is %s ahead of the account's: what is stored gets the account's time. Set the clock",
        timedelta(minutes=ahead // timedelta(minutes=1)),
    )
