"""A simulated world told step by step, for a person: when, who, what."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from sendtrail.simulation.cloud.process import START

# What happens all the time, and changes nothing by itself.
_DULL = ("transacts", "lists ", "published", "job done", "queries")

Step = tuple[float, str, str]


def story(steps: Iterable[Step]) -> Iterator[str]:
    """Yield a line for each step that matters; the reading of pages is told in one line for all pages in a row."""
    pages, first = 0, ""
    for at, who, what in steps:
        if what.startswith(_DULL):
            continue
        if what.startswith("asks "):
            pages, first = pages + 1, first or _line(at, who, what)
            continue
        if pages:
            yield first if pages == 1 else f"{first}, and {pages - 1} requests more"
            pages, first = 0, ""
        yield _line(at, who, what)


def _line(at: float, who: str, what: str) -> str:
    moment = START + timedelta(seconds=at)
    return f"day {int(at // 86_400) + 1}, {moment:%H:%M:%S}  {who:<16} {what}"
