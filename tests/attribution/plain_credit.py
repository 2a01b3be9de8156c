"""Who earned what, in plain Python: written from docs/attribution.md, for the views to be compared with."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from operator import attrgetter
from typing import Any

Row = Mapping[str, Any]
Key = tuple[Any, ...]  # campaign, message, event, link and contact: one touch, and the order of touches at one instant
TOUCH = ("campaign_id", "message_id", "event_type", "link_id", "contact_id")
MILLIARD = 1_000_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """One observation of a touch: when it is known to have happened, and since when it is known as a machine's."""

    key: Key
    at: datetime
    times: int
    machine_since: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Touch:
    """A touch as a conversion sees it: the first and the last time observed in the lookback window."""

    key: Key
    first: datetime
    last: datetime


def seen(activities: Sequence[Row], machines: Sequence[Row]) -> Iterator[Seen]:
    """Yield what was observed of each touch.

    A count that grew while its time stood still is dated by when it was written, and nobody can tell who made it.
    """
    since = {(_key(row), _time(row["touched_at"]), row["times"]): _time(row["recognised_at"]) for row in machines}
    rows: defaultdict[Key, set[tuple[datetime, int, datetime]]] = defaultdict(set)
    for row in activities:
        rows[_key(row)].add((_time(row["activity_timestamp"]), row["times"], _time(row["created_at"])))
    for key, observed in rows.items():
        before = None
        for at, times, written in sorted(observed):
            moved = at != before
            yield Seen(
                key=key,
                at=at if moved else max(written, at),
                times=times,
                machine_since=since.get((key, at, times)) if moved else None,
            )
            before = at


def touches(
    observed: Sequence[Seen], *, contact: str, converted_at: datetime, chosen: Mapping[str, Any]
) -> list[Touch]:
    """Return the touches that may have earned a conversion, as known at its own moment, the first one first."""
    begins = converted_at - timedelta(days=chosen["lookback_days"])
    found: dict[Key, Touch] = {}
    for each in sorted(observed, key=attrgetter("at")):
        is_machine = each.machine_since is not None and each.machine_since <= converted_at
        counts = (
            each.key[-1] == contact
            and begins <= each.at <= converted_at
            and (chosen["include_opens"] or each.key[2] == "click")
            and (chosen["include_machine"] or not is_machine)
        )
        if counts:
            earlier = found.setdefault(each.key, Touch(key=each.key, first=each.at, last=each.at))
            found[each.key] = replace(earlier, last=each.at)
    return sorted(found.values(), key=lambda touch: (touch.first, *_sortable(touch.key)))


def weights(path: Sequence[Touch], chosen: Mapping[str, Any]) -> Mapping[str, list[Fraction]]:
    """Return the weight of each touch of a path under each model."""
    first, last = 0, max(range(len(path)), key=lambda n: (path[n].last, *_sortable(path[n].key)))
    inner = [n for n in range(len(path)) if n not in {first, last}]
    half_life = timedelta(days=chosen["half_life_days"])
    newest = path[last].last
    position = [Fraction(0)] * len(path)
    position[first] += chosen["first_percent"]
    position[last] += chosen["last_percent"]
    for n in inner:
        position[n] += Fraction(max(100 - chosen["first_percent"] - chosen["last_percent"], 0), len(inner))
    return {
        "first_touch": [Fraction(n == first) for n in range(len(path))],
        "last_touch": [Fraction(n == last) for n in range(len(path))],
        "linear": [Fraction(1)] * len(path),
        "position_based": position,
        "time_decay": [Fraction(0.5 ** ((newest - touch.last) / half_life)) for touch in path],
    }


def shared(weighted: Sequence[Fraction], whole: int) -> list[int]:
    """Return the coins that each weight gets: the largest remainders get those that are left, then the earliest."""
    exact = [weight * whole / sum(weighted) for weight in weighted]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(exact)), key=lambda n: (parts[n] - exact[n], n))
    for n in by_remainder[: whole - sum(parts)]:
        parts[n] += 1
    return parts


def credits_of(world: Mapping[str, Sequence[Row]], chosen: Mapping[str, Any]) -> dict[Key, int]:
    """Return the credit, in billionths, of each conversion, model and touch; a conversion without a touch has None."""
    observed = list(seen(world["email_activities"], world["machine_activity"]))
    found: dict[Key, int] = {}
    for row in world["conversions"]:
        path = touches(observed, contact=row["user_id"], converted_at=_time(row["converted_at"]), chosen=chosen)
        if not path:
            models = ("first_touch", "last_touch", "linear", "position_based", "time_decay")
            found |= {(row["conversion_id"], model, None): MILLIARD for model in models}
            continue
        for model, weighted in weights(path, chosen).items():
            parts = shared(weighted, MILLIARD)
            found |= {(row["conversion_id"], model, touch.key): part for touch, part in zip(path, parts, strict=True)}
    return found


def _key(row: Row) -> Key:
    return tuple(row.get(name) or row.get("contact_key" if name == "contact_id" else name) for name in TOUCH)


def _sortable(key: Key) -> tuple[Any, ...]:
    return tuple((value is None, value if value is not None else 0) for value in key)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
