"""What attribution promises for any touches and conversions, tried out in DuckDB."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.views.cases import in_accounts
from tests.views.engines import DuckDbEngine, given_views

# Daylight saving begins in Europe an hour after this.
BEGINNING = datetime(2025, 3, 30, 0, tzinfo=UTC)
World = dict[str, list[dict[str, Any]]]
Worlds = tuple[World, ...]
EXACTLY_ONE = Decimal(1)
# The settings, each with the most that is tried.
NUMBERS = {"lookback_days": 5, "half_life_days": 5, "first_percent": 99, "last_percent": 99}
FLAGS = ("include_opens", "include_machine")

moments = st.one_of(
    st.integers(0, 6 * 24).map(lambda hours: BEGINNING + timedelta(hours=hours)),  # ties are the rule
    st.integers(0, 6 * 24 * 3_600_000_000).map(lambda us: BEGINNING + timedelta(microseconds=us)),
)
delays = st.integers(0, 90).map(lambda minutes: timedelta(minutes=minutes))
values = st.one_of(st.none(), st.decimals("-1e6", "1e9", places=4), st.decimals("-1e13", "1e13", places=2))


@st.composite
def observations(draw: st.DrawFn) -> dict[str, Any]:
    """Give an observation of a touch of one of two contacts."""
    touched, is_machine = draw(moments), draw(st.sampled_from([False, False, True]))
    return {
        "contact_key": draw(st.sampled_from(["ann", "bob"])),
        "campaign_id": draw(st.integers(1, 4)),
        "event_type": draw(st.sampled_from(["click", "click", "open"])),
        "link_id": draw(st.sampled_from(["a", "b", "c"])),
        "is_machine": is_machine,
        "touched_at": touched.isoformat(),
        "recognised_at": (touched + draw(delays)).isoformat() if is_machine else None,
    }


@st.composite
def conversions(draw: st.DrawFn) -> dict[str, Any]:
    """Give a conversion of one of three people, one of whom no e-mail was ever sent to; or a refund."""
    value = draw(values)
    return {
        "refund_of": draw(st.sampled_from([None, None, "c0", "c0", "c1", "c2", "nothing"])),
        "email": draw(st.sampled_from(["ann@example.com", "bob@example.com", "eve@example.com"])),
        "converted_at": draw(moments).isoformat(),
        "value": value,
        "currency": None if value is None else draw(st.sampled_from(["EUR", "JPY", "KWD"])),
    }


@st.composite
def world(draw: st.DrawFn) -> World:
    """Give touches, conversions and settings."""
    chosen = {name: draw(st.integers(1, most)) for name, most in NUMBERS.items()}
    flags = {name: draw(st.booleans()) for name in FLAGS}
    return {
        "user_mapping": [{"contact_key": who, "email": f"{who}@example.com"} for who in ("ann", "bob")],
        "touch_observations": draw(st.lists(observations(), max_size=14)),
        "conversions": [
            {**row, "conversion_id": f"c{number}"}
            for number, row in enumerate(draw(st.lists(conversions(), min_size=1, max_size=4)))
        ],
        "attribution_settings": [
            {"name": name, "value": str(value).lower(), "updated_at": BEGINNING.isoformat()}
            for name, value in {**chosen, **flags}.items()
        ],
    }


# Each in an account of its own, because a query takes as long for five worlds as for one.
worlds = st.tuples(world(), world(), world(), world(), world())
trying = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def engine() -> DuckDbEngine:
    """Give DuckDB with the views of attribution over empty tables."""
    return DuckDbEngine("attribution", given_views())


def _fill(engine: DuckDbEngine, worlds: Worlds) -> None:
    engine.fill(in_accounts({str(number): world for number, world in enumerate(worlds)}))


def _columns(engine: DuckDbEngine, view: str, *columns: str) -> list[list[list[Any]]]:
    """Return columns of a view, the rows of each world apart."""
    rows = engine.read(view)
    accounts = sorted({row["organization_id"] for row in engine.read("attribution_parameters")})
    return [[[row[name] for name in columns] for row in rows if row["organization_id"] == each] for each in accounts]


def _read(engine: DuckDbEngine, worlds: Worlds, view: str, *columns: str) -> list[list[list[Any]]]:
    _fill(engine, worlds)
    return _columns(engine, view, *columns)


def _sums(rows: Sequence[Sequence[Any]]) -> Mapping[tuple[Any, ...], Decimal | None]:
    """Return the sum of the last column by the others; None where it is NULL."""
    sums: defaultdict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    unknown = {tuple(key) for *key, number in rows if number is None}
    for *key, number in rows:
        sums[tuple(key)] += Decimal(number or 0)
    return {key: None if key in unknown else total for key, total in sums.items()}


def _each_with_every_model(world: World) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for row in world["conversions"]:
        for model in ("first_touch", "last_touch", "linear", "position_based", "time_decay"):
            yield row["conversion_id"], model, row


def _worths(world: World) -> list[list[Any]]:
    return [[model, _worth(row, world)] for _, model, row in _each_with_every_model(world)]


def _totals(rows: Sequence[Sequence[Any]]) -> Mapping[str, Decimal]:
    """Return the sum of values by model, of those that have any."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for model, value in rows:
        if value is not None:
            sums[model] += Decimal(value)
    return sums


def _remainders(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a refund of all that is left of each conversion, after every other refund."""
    return [
        {**row, "conversion_id": f"rest of {row['conversion_id']}", "refund_of": row["conversion_id"], "value": None}
        | {"converted_at": (BEGINNING + timedelta(days=30)).isoformat()}
        for row in rows
        if is_conversion(row)
    ]


def is_conversion(row: Mapping[str, Any]) -> bool:
    """Return whether a row is a conversion, rather than a refund or an amount that is counted apart."""
    return row["refund_of"] is None and (row["value"] is None or row["value"] >= 0)


def _worth(row: Mapping[str, Any], world: World) -> Decimal | None:
    """Return what a row adds to what was earned: a refund without a value takes all that its conversion was worth."""
    value: Decimal | None = row["value"]
    if row["refund_of"] is None or value is not None:
        return value if row["refund_of"] is None or value is None else -abs(value)
    refunded = next((each for each in world["conversions"] if each["conversion_id"] == row["refund_of"]), None)
    whole: Decimal | None = refunded["value"] if refunded and is_conversion(refunded) else None
    return None if whole is None else -whole


@trying
@given(worlds=worlds)
def test_the_credits_of_a_conversion_sum_to_exactly_one(engine: DuckDbEngine, worlds: Worlds) -> None:
    """Under every model, whatever the window, the weights and the touches; a refund is no conversion and has none."""
    found = _read(engine, worlds, "attribution", "conversion_id", "model", "credit")

    for world, rows in zip(worlds, found, strict=True):
        of_conversions = {
            (which, model): EXACTLY_ONE for which, model, row in _each_with_every_model(world) if is_conversion(row)
        }
        assert {key: total for key, total in _sums(rows).items() if total} == of_conversions


@trying
@given(worlds=worlds)
def test_the_values_of_a_model_sum_to_what_was_earned_and_refunded(engine: DuckDbEngine, worlds: Worlds) -> None:
    """To the last decimal: nothing is lost between conversions, refunds and what is counted apart."""
    found = _read(engine, worlds, "attribution", "model", "value")

    for world, rows in zip(worlds, found, strict=True):
        assert _totals(rows) == _totals(_worths(world))


@trying
@given(worlds=worlds)
def test_the_values_of_a_conversion_sum_to_its_value(engine: DuckDbEngine, worlds: Worlds) -> None:
    """To the last decimal, whatever it is worth."""
    found = _read(engine, worlds, "attribution", "conversion_id", "model", "value", "is_conversion")

    for world, rows in zip(worlds, found, strict=True):
        own = _sums([[which, model, value] for which, model, value, is_conversion in rows if is_conversion])
        assert own == {
            (which, model): row["value"] for which, model, row in _each_with_every_model(world) if is_conversion(row)
        }


@trying
@given(worlds=worlds)
def test_nothing_remains_of_what_was_refunded_whole(engine: DuckDbEngine, worlds: Worlds) -> None:
    """In however many parts: no touch keeps a cent, and none loses more than it had earned."""
    whole = tuple(
        {**world, "conversions": [*world["conversions"], *_remainders(world["conversions"])]} for world in worlds
    )
    found = _read(engine, whole, "attribution", "conversion_id", "refund_of", "model", "position", "value")

    for rows in found:
        of_touches = _sums(
            [
                [refund_of or which, model, position or 0, value]
                for which, refund_of, model, position, value in rows
                if position is not None
            ]
        )
        assert not any(of_touches.values())


@trying
@given(worlds=worlds)
def test_no_part_is_less_than_nothing_or_more_than_all(engine: DuckDbEngine, worlds: Worlds) -> None:
    """Rounding takes from nobody more than there is."""
    columns = ("credit", "value", "conversion_value", "is_conversion")
    rows = list(chain.from_iterable(_read(engine, worlds, "attribution", *columns)))

    assert all(0 <= Decimal(credit) <= 1 for credit, *_ in rows)
    assert all(
        abs(Decimal(part)) <= abs(Decimal(whole))
        for _, part, whole, is_conversion in rows
        if whole is not None and is_conversion
    )


@trying
@given(worlds=worlds)
def test_what_came_after_a_conversion_earns_nothing(engine: DuckDbEngine, worlds: Worlds) -> None:
    """Every time that is shown is in the lookback window."""
    found = _read(engine, worlds, "attribution_touches", "touched_at", "last_touched_at", "converted_at", "touches")

    for world, rows in zip(worlds, found, strict=True):
        days = int(world["attribution_settings"][0]["value"])
        for first, last, converted, count in rows:
            until = datetime.fromisoformat(converted)
            times = [datetime.fromisoformat(time) for time in (first, last) if time]
            assert all(until - timedelta(days=days) <= time <= until for time in times)
            assert bool(times) == bool(count)


@trying
@given(worlds=worlds)
def test_what_was_not_chosen_earns_nothing(engine: DuckDbEngine, worlds: Worlds) -> None:
    """Opens and machines count where a setting says so, and nowhere else."""
    found = _read(engine, worlds, "attribution_touches", "event_type", "is_machine", "touches")

    for world, rows in zip(worlds, found, strict=True):
        chosen = {row["name"]: row["value"] == "true" for row in world["attribution_settings"]}
        for event_type, is_machine, count in rows:
            assert event_type in ({"click", "open"} if chosen["include_opens"] else {"click"}) or not count
            assert chosen["include_machine"] or not is_machine


@trying
@given(worlds=worlds, chance=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(engine: DuckDbEngine, worlds: Worlds, chance: Any) -> None:
    """Ties are broken by the values of the rows, never by their order."""
    columns = ("conversion_id", "model", "position", "contact_key", "campaign_id", "link_id", "credit", "value")
    shuffled = tuple({table: chance.sample(rows, len(rows)) for table, rows in world.items()} for world in worlds)

    assert _read(engine, worlds, "attribution", *columns) == _read(engine, shuffled, "attribution", *columns)


@trying
@given(worlds=worlds)
def test_what_is_stored_twice_counts_once(engine: DuckDbEngine, worlds: Worlds) -> None:
    """Observations, conversions, addresses and settings may be in their tables more than once."""
    columns = ("conversion_id", "model", "position", "campaign_id", "credit", "value")
    twice = tuple({table: rows * 2 for table, rows in world.items()} for world in worlds)

    assert _read(engine, worlds, "attribution", *columns) == _read(engine, twice, "attribution", *columns)


@trying
@given(worlds=worlds)
def test_two_currencies_are_never_added(engine: DuckDbEngine, worlds: Worlds) -> None:
    """An amount stays in its own currency; a refund without a value has that of its conversion."""
    found = _read(engine, worlds, "attribution", "currency", "conversion_id", "refund_of")
    in_file = [{row["conversion_id"]: row["currency"] for row in world["conversions"]} for world in worlds]

    for currencies, rows in zip(in_file, found, strict=True):
        assert all(currency == (currencies[which] or currencies.get(of)) for currency, which, of in rows)


@trying
@given(worlds=worlds)
def test_every_view_has_the_same_conversions(engine: DuckDbEngine, worlds: Worlds) -> None:
    """Paths count each once, and the months of a campaign sum to the campaign."""
    paths = _read(engine, worlds, "attribution_paths", "currency", "conversions")
    by_campaign = _columns(engine, "attribution_by_campaign", "model", "currency", "campaign_id", "credit")
    by_month = _columns(engine, "attribution_by_month", "model", "currency", "campaign_id", "credit")

    assert [sum(count for _, count in rows) for rows in paths] == [
        sum(map(is_conversion, world["conversions"])) for world in worlds
    ]
    assert list(map(_sums, by_month)) == list(map(_sums, by_campaign))
