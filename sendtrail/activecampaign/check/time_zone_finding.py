"""Which time the account's timestamps mean: those that name their offset against those that do not."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sendtrail.activecampaign.check.finding import Facts, Finding
from sendtrail.activecampaign.timestamps import instant, is_date
from sendtrail.plurals import counted

NAME = "time zone"


def time_zone_finding(rows: Iterable[Any], zone: ZoneInfo) -> Finding:
    """Return how `tstamp`, read in the configured zone, differs from `tstamp_iso`."""
    known = [row for row in rows if isinstance(row, dict) and _is_time(row.get("tstamp"))]
    both = [row for row in known if instant(row.get("tstamp_iso"), zone) is not None]
    behind = Counter(_minutes_behind(row, zone) for row in both)
    is_zone = all(_is_offset_of(zone, row["tstamp_iso"]) for row in both)
    facts: Facts = {
        "rows": len(known),
        "rows_with_both": len(both),
        "minutes_behind": sorted(behind),
        "is_offset_of_configured_zone": is_zone if both else None,
    }
    if not known:
        return Finding(name=NAME, seen="no rows", meaning="nothing to compare yet", is_ok=None, facts=facts)
    if not both:
        meaning = f"every time is read in {zone.key}: is that the account's zone? If not, set --time-zone"
        return Finding(name=NAME, seen="no tstamp_iso", meaning=meaning, is_ok=None, facts=facts)
    seen = ", ".join(_in_words(minutes, number) for minutes, number in sorted(behind.items()))
    return Finding(name=NAME, seen=seen, meaning=_meaning(behind, zone, is_zone=is_zone), is_ok=True, facts=facts)


def _meaning(behind: Counter[int], zone: ZoneInfo, *, is_zone: bool) -> str:
    if set(behind) == {0}:
        return f"{zone.key} is right" if is_zone else f"the times agree, though their offset is not that of {zone.key}"
    if is_zone:
        return f"tstamp_iso is in {zone.key}, and is what the sync reads; times without it may be off by as much"
    return f"the account is not in {zone.key}: set --time-zone to its own, for the times that come without an offset"


def _in_words(minutes: int, number: int) -> str:
    if not minutes:
        return f"tstamp equals tstamp_iso in {counted(number, 'row')}"
    order = "behind" if minutes > 0 else "ahead of"
    return f"tstamp is {abs(minutes)} min {order} tstamp_iso in {counted(number, 'row')}"


def _minutes_behind(row: dict[str, Any], zone: ZoneInfo) -> int:
    naive, exact = instant(row["tstamp"], zone), instant(row["tstamp_iso"], zone)
    return round((exact - naive).total_seconds() / 60) if exact and naive else 0


def _is_time(value: object) -> bool:
    return isinstance(value, str) and not is_date(value)


def _is_offset_of(zone: ZoneInfo, stamp: str) -> bool:
    moment = datetime.fromisoformat(stamp)
    return moment.tzinfo is None or moment.utcoffset() == moment.astimezone(zone).utcoffset()
