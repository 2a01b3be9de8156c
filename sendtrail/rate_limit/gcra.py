"""Every decision about an account's rate budget: a GCRA ("next free slot") with two priorities, as pure functions.

https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm

Incremental work reserves as many slots as it asks for. While it is active, background work (backfills, contacts) gets
the slots that it leaves idle, and one in `BACKGROUND_EVERY` in any case, so that it never stops.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sendtrail.domain.request_rate import Priority, RateLimit

BACKGROUND_EVERY = 10
# How long after its last slot incremental work counts as active: longer than an answer takes to arrive.
INCREMENTAL_LASTS = timedelta(seconds=2)
# How far into the future true times reach: the longest pause that is taken from an answer (`RetryPolicy.total_s`), and
# the slots that others have reserved.
MAX_PAUSE = timedelta(seconds=240)
MAX_SLOTS_AHEAD = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitState:
    """The budget as stored.

    `next_free` is the first moment that nobody has reserved; until `news_until` incremental work counts as active; from
    `background_free` on background work may take a slot in any case; `limit` is how many requests per second the
    account itself allows, None unless it named a limit that mattered.
    """

    next_free: datetime
    news_until: datetime | None = None
    background_free: datetime | None = None
    limit: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reservation:
    """`count` slots, `interval` apart, the first at `first`; where `count` is 0, the time to ask again is `first`."""

    first: datetime
    count: int
    interval: timedelta


def max_wait(rate_limit: RateLimit, *, limit: float | None = None) -> timedelta:
    """Return the longest time that a request can have to wait for its slot."""
    return MAX_PAUSE + MAX_SLOTS_AHEAD * rate_limit.interval(limit)


def credible(state: LimitState | None, *, rate_limit: RateLimit, now: datetime) -> LimitState | None:
    """Return the budget without the times that are too far in the future to be true, which are taken as unknown.

    They were stored while a clock was wrong, or the clock is wrong now. Times in the past make nobody wait.
    """
    if state is None:
        return None
    latest = now + max_wait(rate_limit, limit=state.limit)
    return replace(
        state,
        next_free=state.next_free if state.next_free <= latest else now,
        news_until=_unless_after(latest + INCREMENTAL_LASTS, state.news_until),
        background_free=_unless_after(latest, state.background_free),
    )


def reserve(
    state: LimitState | None,
    *,
    count: int,
    rate_limit: RateLimit,
    priority: Priority,
    now: datetime,
    answer: timedelta = timedelta(),
) -> tuple[Reservation, LimitState]:
    """Reserve up to `count` slots; return what was reserved, and the budget after it.

    `answer` is how long it takes until this is known to whoever asks: an earlier slot would be missed.
    """
    before = state or LimitState(next_free=now)
    interval = rate_limit.interval(before.limit)
    first = max(now + answer, before.next_free)
    end = first + count * interval
    if priority is Priority.INCREMENTAL:
        after = replace(before, next_free=end, news_until=end + INCREMENTAL_LASTS)
        return Reservation(first=first, count=count, interval=interval), after
    if before.news_until is None or before.news_until <= now:
        return Reservation(first=first, count=count, interval=interval), replace(before, next_free=end)
    return _reserve_beside_incremental(before, first=first, interval=interval, now=now)


def backed_off(state: LimitState | None, *, until: datetime) -> LimitState:
    """Return the budget with no free slot before `until`."""
    return LimitState(next_free=until) if state is None else replace(state, next_free=max(state.next_free, until))


def with_limit(state: LimitState | None, *, limit: float, now: datetime) -> LimitState:
    """Return the budget with the number of requests per second that the account says it allows."""
    return replace(state or LimitState(next_free=now), limit=limit)


def _reserve_beside_incremental(
    before: LimitState, *, first: datetime, interval: timedelta, now: datetime
) -> tuple[Reservation, LimitState]:
    """Reserve the very next slot at most, so that incremental work waits for no more than one of background work."""
    background_free = before.background_free or now
    if before.next_free > now + interval and background_free > now:
        ask_again = max(min(first - interval, background_free), now + interval / 4)
        return Reservation(first=ask_again, count=0, interval=interval), before
    after = replace(before, next_free=first + interval, background_free=now + BACKGROUND_EVERY * interval)
    return Reservation(first=first, count=1, interval=interval), after


def _unless_after(latest: datetime, stored: datetime | None) -> datetime | None:
    return None if stored is None or stored > latest else stored
