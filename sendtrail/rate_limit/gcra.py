"""The account's rate budget as stored, and every decision about it: a GCRA ("next free slot") with two classes of work.

https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm

News goes first: it reserves ahead, as far as it asks. While there is news, background work (backfills, contacts) gets
the slots that news leaves idle, and one in `BACKGROUND_EVERY` whatever news does, so that it never stands still.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sendtrail.domain.request_rate import Priority, RateLimit

BACKGROUND_EVERY = 10
# How long after its last slot news is taken to be still at work: longer than an answer takes to come in.
INCREMENTAL_LASTS = timedelta(seconds=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitState:
    """The budget as stored.

    `next_free` is the first moment that nobody has reserved; `news_until` until when news is known to be at work;
    `background_free` when background work may next take a slot whatever news does; `limit` the requests per second that
    the account itself says it allows, None where it never said anything that mattered.
    """

    next_free: datetime
    news_until: datetime | None = None
    background_free: datetime | None = None
    limit: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reservation:
    """So many slots, `interval` apart, from `first` on; with a `count` of 0 there are none: ask again at `first`."""

    first: datetime
    count: int
    interval: timedelta


def reserve(
    slots: LimitState | None, *, count: int, rate_limit: RateLimit, priority: Priority, now: datetime
) -> tuple[Reservation, LimitState]:
    """Return the slots that are granted to somebody who asks for `count` of them, and what is left after them."""
    before = slots or LimitState(next_free=now)
    interval = rate_limit.interval(before.limit)
    first = max(now, before.next_free)
    end = first + count * interval
    if priority is Priority.INCREMENTAL:
        after = replace(before, next_free=end, news_until=end + INCREMENTAL_LASTS)
        return Reservation(first=first, count=count, interval=interval), after
    if before.news_until is None or before.news_until <= now:
        return Reservation(first=first, count=count, interval=interval), replace(before, next_free=end)
    return _beside_news(before, first=first, interval=interval, now=now)


def pushed_back(slots: LimitState | None, *, until: datetime) -> LimitState:
    """Return the budget with nothing free before `until`."""
    return LimitState(next_free=until) if slots is None else replace(slots, next_free=max(slots.next_free, until))


def limited(slots: LimitState | None, *, limit: float, now: datetime) -> LimitState:
    """Return the budget after the account has said how many requests per second it allows."""
    return replace(slots or LimitState(next_free=now), limit=limit)


def _beside_news(
    before: LimitState, *, first: datetime, interval: timedelta, now: datetime
) -> tuple[Reservation, LimitState]:
    """Grant the very next slot at most: news that comes then waits for no more than that one."""
    own = before.background_free or now
    if first > now + interval and own > now:
        again = max(min(first - interval, own), now + interval / 4)
        return Reservation(first=again, count=0, interval=interval), before
    own = max(own, now) + BACKGROUND_EVERY * interval
    after = replace(before, next_free=first + interval, background_free=own)
    return Reservation(first=first, count=1, interval=interval), after
