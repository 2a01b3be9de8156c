"""Paths and their outcomes in plain Python: written from docs/attribution.md, for the view to be compared with."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

Row = Mapping[str, Any]
# The conversion, the contact, and the campaigns of the steps.
Path = tuple[str | None, str | None, tuple[int, ...]]


def paths(world: Mapping[str, Sequence[Row]], conversions: Sequence[Row]) -> list[Path]:
    """Return the paths of a world whose outcome is known; `conversions` are those of its rows that are no refunds."""
    chosen = {row["name"]: row["value"] for row in world["attribution_settings"]}
    lookback = timedelta(days=int(chosen["lookback_days"]))
    counted = [
        row for row in world["touch_observations"] if row["event_type"] == "click" or chosen["include_opens"] == "true"
    ]
    times = [_time(row["converted_at"]) for row in conversions]
    found = [
        *_converting(counted, conversions, lookback, keeps_machines=chosen["include_machine"] == "true"),
        *_others(counted, conversions, lookback, keeps_machines=chosen["include_machine"] == "true"),
    ]
    return [path for ended, path in found if times and min(times) <= ended <= max(times) - lookback]


def _converting(
    rows: Sequence[Row], conversions: Sequence[Row], lookback: timedelta, *, keeps_machines: bool
) -> Iterator[tuple[datetime, Path]]:
    for conversion in conversions:
        at = _time(conversion["converted_at"])
        seen = [
            row
            for row in rows
            if row["contact_key"] == _contact(conversion)
            and at - lookback <= _time(row["touched_at"]) <= at
            and (keeps_machines or not _is_machine(row, by=at))
        ]
        yield (
            max([_time(row["touched_at"]) for row in seen], default=at),
            (conversion["conversion_id"], None, _steps(seen)),
        )


def _others(
    rows: Sequence[Row], conversions: Sequence[Row], lookback: timedelta, *, keeps_machines: bool
) -> Iterator[tuple[datetime, Path]]:
    for contact in sorted({row["contact_key"] for row in rows}):
        own = [_time(row["converted_at"]) for row in conversions if _contact(row) == contact]
        left = [
            row
            for row in rows
            if row["contact_key"] == contact
            and not any(_time(row["touched_at"]) <= at <= _time(row["touched_at"]) + lookback for at in own)
            and (keeps_machines or not _is_machine(row, by=_time(row["touched_at"]) + lookback))
        ]
        for part in _cut(sorted(left, key=lambda row: _time(row["touched_at"])), lookback):
            yield _time(part[-1]["touched_at"]), (None, contact, _steps(part))


def _cut(rows: Sequence[Row], lookback: timedelta) -> Iterator[Sequence[Row]]:
    """Yield the touches of a contact in order, cut after a gap longer than the window, and where a run is longer."""
    times = [_time(row["touched_at"]) for row in rows]
    began, numbered = times[:1], []
    for before, at, row in zip(times[:1] + times, times, rows, strict=False):
        if at - before > lookback:
            began.append(at)
        numbered.append(((len(began), (at - began[-1]) // lookback), row))
    for _, found in groupby(numbered, key=lambda pair: pair[0]):
        yield [row for _, row in found]


def _steps(rows: Sequence[Row]) -> tuple[int, ...]:
    """Return the campaigns of touches, each at its first time; ten at most, and neighbours that are equal once."""
    first: dict[tuple[Any, ...], datetime] = {}
    for row in sorted(rows, key=lambda row: _time(row["touched_at"])):
        first.setdefault((row["campaign_id"], row["event_type"], row["link_id"]), _time(row["touched_at"]))
    ordered = [key[0] for key in sorted(first, key=lambda key: (first[key], *key))]
    return tuple(campaign for campaign, _ in groupby(ordered))[-10:]


def _is_machine(row: Row, *, by: datetime) -> bool:
    return bool(row["is_machine"]) and _time(row["recognised_at"]) <= by


def _contact(conversion: Row) -> str:
    return str(conversion["email"]).partition("@")[0]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
