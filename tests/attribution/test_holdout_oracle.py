"""The lift of a holdout is what plain Python says of the same contacts and orders, whatever those are."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.attribution.plain_lift import Lift, rate_lift, spent_by, value_lift
from tests.views.cases import in_accounts
from tests.views.engines import DuckDbEngine

FIRST_DAY, DAYS = datetime(2025, 3, 1, tzinfo=UTC), 31
SETTINGS = {"holdout_tag": "control", "holdout_from": "2025-03-01", "holdout_until": "2025-03-31"}
World = dict[str, list[dict[str, Any]]]
trying = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw two groups, and orders in the days of the holdout and around them."""
    chance = Random(draw(st.integers(0, 10**9)))  # there are too many choices to draw each
    sizes = {"control": draw(st.integers(1, 60)), "other": draw(st.integers(1, 90))}
    buys = {group: draw(st.sampled_from([0.0, 0.1, 0.5, 1.0])) for group in sizes}
    everybody = [(f"{group}{n}", group) for group, size in sizes.items() for n in range(size)]
    buyers = [who for who, group in everybody for _ in range(3) if chance.random() < buys[group] / 2]
    return {
        "attribution_settings": [
            {"name": name, "value": value, "updated_at": FIRST_DAY.isoformat()} for name, value in SETTINGS.items()
        ],
        "contacts": [
            {"contact_id": who, "email": f"{who}@x.example", "tags": [group], "created_date": "2024-01-01T00:00:00Z"}
            for who, group in everybody
        ],
        "conversions": [
            {
                "conversion_id": str(number),
                "email": f"{who}@x.example",
                "converted_at": (FIRST_DAY + timedelta(hours=chance.randint(-30 * 24, (DAYS + 5) * 24))).isoformat(),
                "value": str(chance.choice([0, 1, 19.99, 50, 2000])),
                "currency": chance.choice(["EUR", "EUR", "EUR", "SEK"]),
            }
            for number, who in enumerate(buyers)
        ],
    }


@pytest.fixture(scope="module")
def engine() -> DuckDbEngine:
    """Give DuckDB with every view over empty tables."""
    return DuckDbEngine("held_out_worlds")


def expected(world: World) -> dict[str | None, Lift]:
    """Return the lift of each currency in which somebody bought, and None's: that of the conversion rate."""
    end = FIRST_DAY + timedelta(days=DAYS)
    orders = [row for row in world["conversions"] if FIRST_DAY <= datetime.fromisoformat(row["converted_at"]) < end]
    emails = [[row["email"] for row in world["contacts"] if row["tags"] == [tag]] for tag in ("control", "other")]
    bought = {row["email"] for row in orders}
    found: dict[str | None, Lift] = {None: rate_lift(*([each in bought for each in group] for group in emails))}
    for currency in {row["currency"] for row in orders}:
        spent = spent_by(orders, currency)
        found[currency] = value_lift(*([spent.get(each) for each in group] for group in emails))
    return found


@trying
@given(drawn=st.lists(worlds(), min_size=6, max_size=6))
def test_the_lift_is_that_of_the_definition(engine: DuckDbEngine, drawn: Sequence[World]) -> None:
    """Averages and intervals; Student's quantile within the error of the table that it is compared with."""
    engine.fill(in_accounts({str(number): world for number, world in enumerate(drawn)}))
    rows = engine.read("holdout_lift")

    for number, world in enumerate(drawn):
        found = {row["currency"]: row for row in rows if row["organization_id"] == str(number)}
        lifts = expected(world)
        assert found.keys() == lifts.keys()
        for currency, lift in lifts.items():
            check(found[currency], lift)


def check(row: Mapping[str, Any], lift: Lift) -> None:
    """Compare a row of the view with what it should be."""
    assert row["held_out_average"] == pytest.approx(lift.held_out, abs=1e-8)
    assert row["mailed_average"] == pytest.approx(lift.mailed, abs=1e-8)
    assert row["difference"] == pytest.approx(lift.mailed - lift.held_out, abs=1e-8)
    if lift.interval is None:
        assert (row["lowest_difference"], row["verdict"]) == (None, "too_few")
        return
    low, high = lift.interval
    reach = (high - low) / 2
    assert row["lowest_difference"] == pytest.approx(low, abs=1e-8 + 0.002 * reach)
    assert row["highest_difference"] == pytest.approx(high, abs=1e-8 + 0.002 * reach)
    if min(abs(low), abs(high)) > 0.002 * reach:
        assert row["verdict"] == ("more" if low > 0 else "less" if high < 0 else "not_shown")
