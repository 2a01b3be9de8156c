"""When somebody is told of an account, and when not again. Pure."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Occasion(StrEnum):
    """What somebody is told of."""

    FAILURE = "failure"
    STALENESS = "staleness"
    RECOVERY = "recovery"


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What was seen of an account: the trouble that it has, and the kinds of trouble that it has no longer.

    `kind` tells one trouble of an occasion from another: a refused key from a disk that is full.
    """

    trouble: Occasion | None = None
    kind: str = ""
    over: AbstractSet[Occasion] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """Of which trouble of an account somebody was told last, when, and of what kind; nothing where all is right.

    A file of an earlier version has no kinds.
    """

    at: Mapping[Occasion, datetime] = field(default_factory=dict)
    kinds: Mapping[Occasion, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """What somebody wants to be told of, and after how long again while it lasts."""

    wanted: AbstractSet[Occasion]
    repeat_after: timedelta


def occasion(seen: Seen, told: Told, *, policy: Policy, now: datetime) -> Occasion | None:
    """Return what somebody is to be told of now, if anything.

    A trouble of another kind than the last one is told at once. A recovery is one of all trouble that somebody was told
    of. A time that is still to come was a wrong clock's.
    """
    if seen.trouble is not None and seen.trouble in policy.wanted:
        at = told.at.get(seen.trouble)
        is_other = told.kinds.get(seen.trouble, seen.kind) != seen.kind
        is_due = at is None or is_other or not at <= now < at + policy.repeat_after
        return seen.trouble if is_due else None
    is_over = seen.trouble is None and bool(told.at) and not told.at.keys() - seen.over
    return Occasion.RECOVERY if is_over and Occasion.RECOVERY in policy.wanted else None


def told_after(seen: Seen, told: Told, *, sent: Occasion | None, now: datetime) -> Told:
    """Return what somebody was told of once something was sent (None: nothing)."""
    left = {each: at for each, at in told.at.items() if each not in seen.over}
    kinds = {each: kind for each, kind in told.kinds.items() if each in left}
    if sent is None or sent is Occasion.RECOVERY:
        return Told(at=left, kinds=kinds)
    return Told(at={**left, sent: now}, kinds={**kinds, sent: seen.kind})
