"""Renew the tables of costs in docs/deploy.md from the price model: `python -m deploy.costs`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from sendtrail.pricing.bigquery_bytes import TEBIBYTE
from sendtrail.pricing.examples import EXAMPLES, MEDIUM
from sendtrail.pricing.month import month
from sendtrail.pricing.statements import statements
from sendtrail.pricing.unit_prices import PRICES, Unit, UnitPrice
from sendtrail.pricing.workload import Workload

PAGE = Path(__file__).resolve().parents[1] / "docs" / "deploy.md"
BEGIN = "<!-- The tables are generated from sendtrail/pricing: change that, then run `make docs`. -->"
END = "<!-- End of the generated tables. -->"
EVERY_H = (12.0, 6.0, 1.0)


def main() -> None:
    """Renew the tables of the page."""
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def renewed(page: str) -> str:
    """Return the page with the tables of today between its markers."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"deploy.md must contain {BEGIN!r} and {END!r}")
    tables = [_workloads(), _bills(), _intervals(), _statements()]
    return "\n".join([before + begin, "", *("\n".join(table) + "\n" for table in tables), end + after])


def _workloads() -> Iterator[str]:
    yield from _header("a day, each account", EXAMPLES)
    rows: dict[str, list[float]] = {
        "new activities": [work.activities for work in EXAMPLES.values()],
        "contacts": [work.contacts for work in EXAMPLES.values()],
        "campaigns": [work.campaigns for work in EXAMPLES.values()],
        "campaigns that change from one dispatch to the next": [work.changing for work in EXAMPLES.values()],
        "requests": [work.requests for work in EXAMPLES.values()],
        "minutes of reading": [work.reading_s / 60 for work in EXAMPLES.values()],
        "deliveries": [work.deliveries for work in EXAMPLES.values()],
        "MERGEs of activities": [work.merges for work in EXAMPLES.values()],
    }
    for name, values in rows.items():
        yield _row(name, [f"{value:,.0f}" for value in values])


def _bills() -> Iterator[str]:
    bills = [month(work) for work in EXAMPLES.values()]
    yield from _header("a month: used, and what it costs", [*EXAMPLES, "price", "free"])
    for place, unit in enumerate(Unit):
        cells = [f"{_number(bill.lines[place].used)}: {bill.lines[place].dollars:.2f}" for bill in bills]
        yield _row(unit, [*cells, *_price(PRICES[unit])])
    yield _row("**a month**", [*(f"**{bill.dollars:.2f}**" for bill in bills), "", ""])
    without = [month(work, has_free_tier=False).dollars for work in EXAMPLES.values()]
    yield _row("if other projects use up what is free", [*(f"{dollars:.2f}" for dollars in without), "", ""])


def _intervals() -> Iterator[str]:
    yield from _header("dispatched every", EXAMPLES)
    for every_h in EVERY_H:
        dollars = [month(replace(work, every_h=every_h)).dollars for work in EXAMPLES.values()]
        yield _row("hour" if every_h == 1 else f"{every_h:.0f} hours", [f"{each:.2f}" for each in dollars])
    stored = [month(replace(work, stores_views=True)).dollars for work in EXAMPLES.values()]
    yield _row("6 hours, [views stored](#views-that-are-stored)", [f"{each:.2f}" for each in stored])


def _statements() -> Iterator[str]:
    found = {"medium": MEDIUM, "20 medium": EXAMPLES["20 medium"]}
    yield from _header("statement", [f"{name}: {what}" for name in found for what in ("times a month", "TiB")])
    sums = [_by_path(work) for work in found.values()]
    for path in sums[0][0]:
        cells = [cell for times, billed in sums for cell in (f"{times[path]:,.0f}", f"{billed[path] / TEBIBYTE:.3f}")]
        yield _row(f"`{path}`", cells)


def _by_path(work: Workload) -> tuple[dict[str, float], dict[str, float]]:
    times, billed = defaultdict[str, float](float), defaultdict[str, float](float)
    for statement in statements(work):
        times[statement.path] += statement.times
        billed[statement.path] += statement.bytes_billed
    return times, billed


def _price(price: UnitPrice) -> Sequence[str]:
    per = f" per {price.per:,}" if price.per > 1 else ""
    dollars = f"{price.dollars:.7f}".rstrip("0").rstrip(".")
    return f"[{dollars}]({price.source}){per}", _number(price.free) if price.free else "none"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"


def _header(first: str, others: Iterable[str]) -> Iterator[str]:
    names = list(others)
    yield _row(first, names)
    yield f"|{'---|' * (1 + len(names))}"


def _row(first: str, cells: Iterable[str]) -> str:
    return f"| {' | '.join([first, *cells])} |"


if __name__ == "__main__":
    main()
