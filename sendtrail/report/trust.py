"""How far the numbers can be trusted, for each campaign and for each event type."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sendtrail.report.figures import Completeness

# From the best to the worst.
LEVELS = ("exact", "high", "medium", "low", "unknown")
TYPES = ("open", "click", "bounce", "unsubscribe", "forward")
OUTSIDE = "outside_lookback"
GAPS_SHOWN = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class TypeTrust:
    """How many campaigns have each level for one event type, and how much of what was counted is stored."""

    event_type: str
    levels: Mapping[str, int]
    counted: int
    stored: int


def not_covered(found: Iterable[Completeness]) -> frozenset[int]:
    """Return the campaigns that are older than the synced period, so their activities are missing."""
    return frozenset(each.campaign_id for each in found if each.likely_cause == OUTSIDE)


def by_campaign(found: Iterable[Completeness]) -> dict[int, str]:
    """Return the level of each campaign: the worse one of its opens and clicks."""
    levels: dict[int, str] = {}
    for each in found:
        if each.event_type in ("open", "click"):
            so_far = levels.get(each.campaign_id, each.trust)
            levels[each.campaign_id] = max(so_far, each.trust, key=LEVELS.index)
    return levels


def by_type(found: Iterable[Completeness]) -> list[TypeTrust]:
    """Return the levels of each event type, in the order of TYPES."""
    rows = list(found)
    return [_of_type(event_type, [each for each in rows if each.event_type == event_type]) for event_type in TYPES]


def largest_gaps(found: Iterable[Completeness]) -> list[Completeness]:
    """Return the largest gaps among those whose trust is medium or low, the largest first."""
    doubtful = [each for each in found if each.trust in ("medium", "low") and (each.gap or each.gap_times)]
    return sorted(doubtful, key=_size, reverse=True)[:GAPS_SHOWN]


def not_understood(found: Iterable[Completeness]) -> list[Completeness]:
    """Return where rows could not be understood, unless what is stored equals the counters all the same."""
    return [each for each in found if each.unreadable_rows and each.likely_cause != "none"]


def _size(each: Completeness) -> tuple[int, int]:
    """Return the size of a gap: contacts that are missing weigh more than repeats."""
    return abs(each.gap or 0), abs(each.gap_times or 0)


def _of_type(event_type: str, rows: list[Completeness]) -> TypeTrust:
    levels = Counter(each.trust for each in rows)
    compared = [each for each in rows if each.counter is not None]
    return TypeTrust(
        event_type=event_type,
        levels={level: levels[level] for level in LEVELS},
        counted=sum(each.counter or 0 for each in compared),
        stored=sum(each.stored for each in compared),
    )
