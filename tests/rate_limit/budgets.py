"""Rate budgets of one account, as tests need them."""

from collections.abc import Callable

from sendtrail.domain.request_rate import Priority, RateLimit
from sendtrail.ports import State
from sendtrail.rate_limit.budget import RateBudget, do_nothing
from sendtrail.rate_limit.sliding_window import SlidingWindow, sliding_window
from tests.fakes import FakeClock


def a_budget(
    clock: FakeClock,
    state: State,
    *,
    rate: float = 5.0,
    kept_free: float = 0.0,
    priority: Priority = Priority.INCREMENTAL,
    block: int = 1,
    before_request: Callable[[], None] = do_nothing,
    window: SlidingWindow | None = None,
) -> RateBudget:
    """Return one process's view of the account's budget."""
    rate_limit = RateLimit(requests_per_second=rate, share_kept_free=kept_free)
    return RateBudget(
        state,
        clock,
        organization_id="acme",
        rate_limit=rate_limit,
        sliding_window=window or sliding_window(clock, requests_per_second=rate_limit.per_second),
        priority=priority,
        block=block,
        before_request=before_request,
    )
