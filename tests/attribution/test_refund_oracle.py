"""What each row of a shop counts as is what plain Python, written from docs/attribution.md, says of the same rows."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.views.cases import in_accounts
from tests.views.engines import DuckDbEngine

BEGINNING = datetime(2025, 3, 1, tzinfo=UTC)
Order = dict[str, Any]
Amount = tuple[str, str, str | None, Decimal | None, str | None]  # id, counts as, whose credit, value, currency
trying = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def orders(draw: st.DrawFn) -> list[Order]:
    """Draw orders, and refunds of them, of one another and of nothing."""
    number = draw(st.integers(1, 8))
    return [
        {
            "conversion_id": f"c{n}",
            "email": "ann@example.com",
            "converted_at": (BEGINNING + timedelta(hours=draw(st.integers(0, 5)))).isoformat(),
            "refund_of": draw(st.sampled_from([None, None, "c0", "c0", "c0", "c1", "nothing"])),
            "value": draw(st.sampled_from([None, "-7", "0", "5", "12.5", "100", "0.0001"])),
            "currency": draw(st.sampled_from(["EUR", "EUR", "EUR", "SEK"])),
        }
        for n in range(number)
    ]


def amounts(rows: Sequence[Order]) -> Iterator[Amount]:
    """Yield what each row counts as: conversions, refunds as far as they refund one, and the rest apart."""
    by_id = {row["conversion_id"]: row for row in rows}
    refunded: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in sorted(rows, key=lambda row: (row["converted_at"], row["conversion_id"])):
        which, value, currency = row["conversion_id"], _value(row), _currency(row)
        conversion = by_id.get(row["refund_of"] or "")
        if row["refund_of"] is None and (value is None or value >= 0):
            yield which, "conversion", which, value, currency
        elif conversion is None or not _is_refunded_by(conversion, row):
            yield which, "apart", which, None if value is None else -abs(value), currency
        else:
            yield from _refund(row, conversion, refunded)


def _refund(row: Order, conversion: Order, refunded: dict[str, Decimal]) -> Iterator[Amount]:
    """Yield the part of a refund that the value covers, and what exceeds it."""
    which, of, currency = row["conversion_id"], row["refund_of"], _currency(conversion)
    whole, value = _value(conversion) or Decimal(), _value(row)
    asked = whole if value is None else abs(value)
    part = min(asked, whole - refunded[of])
    refunded[of] += part
    if part or not asked:
        yield which, "refund", of, -part if currency else None, currency
    if value is not None and asked > part:
        yield which, "apart", which, part - asked, currency


def _is_refunded_by(conversion: Order, refund: Order) -> bool:
    value = _value(conversion)
    is_conversion = conversion["refund_of"] is None and (value is None or value >= 0)
    return is_conversion and _currency(refund) in {None, _currency(conversion)}


def _value(row: Order) -> Decimal | None:
    return None if row["value"] is None else Decimal(row["value"])


def _currency(row: Order) -> str | None:
    return None if row["value"] is None else str(row["currency"])


@pytest.fixture(scope="module")
def engine() -> DuckDbEngine:
    """Give DuckDB with every view over empty tables."""
    return DuckDbEngine("refunds")


@trying
@given(drawn=st.lists(orders(), min_size=10, max_size=10))
def test_amounts_are_those_of_the_definition(engine: DuckDbEngine, drawn: list[list[Order]]) -> None:
    """In the order of their times, up to the value, and whatever is left apart."""
    worlds = [{"conversions": [{**row, "currency": _currency(row)} for row in rows]} for rows in drawn]

    engine.fill(in_accounts({str(number): world for number, world in enumerate(worlds)}))

    found = engine.read("conversion_amounts")
    names = ("conversion_id", "counts_as", "credited_as", "value", "currency")
    for number, rows in enumerate(drawn):
        own = [[row[name] for name in names] for row in found if row["organization_id"] == str(number)]
        assert sorted(own, key=str) == sorted(map(_shown, amounts(rows)), key=str)


def _shown(amount: Amount) -> list[Any]:
    """Return an amount as the engine shows it: exact numbers as text, and no minus before nothing."""
    value = amount[3]
    return [*amount[:3], None if value is None else f"{value.normalize() + 0:f}", amount[4]]
