"""A closed month stays as it was: what is seen after a conversion changes none of its credit."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.attribution.plain_credit import MILLIARD, credits_of
from tests.views.cases import Rows, in_accounts
from tests.views.engines import DuckDbEngine

SENT = datetime(2025, 3, 1, 8, tzinfo=UTC)
PEOPLE = ("1", "2", "3", "4")
LINKS = ("1", "2", "3", "4", "5", "6")
CREDIT = ("conversion_id", "model", "touches", "position", "campaign_id", "message_id", "event_type", "link_id")
AMOUNTS = ("contact_key", "touched_at", "last_touched_at", "credit", "value")
World = dict[str, list[dict[str, Any]]]

# Close to the send and to one another, as scanners click, or anywhere in a quarter of a year.
moments = st.one_of(
    st.integers(-5, 90).map(lambda s: SENT + timedelta(seconds=s)),
    st.integers(0, 90 * 24).map(lambda h: SENT + timedelta(hours=h)),
)
spans = st.one_of(st.integers(0, 5).map(lambda s: timedelta(seconds=s)), st.integers(0, 50).map(timedelta))


@st.composite
def activities(draw: st.DrawFn, times: st.SearchStrategy[datetime]) -> dict[str, Any]:
    """Draw an observation, written some time after what it says happened."""
    contact, at = draw(st.sampled_from(PEOPLE)), draw(times)
    is_click = draw(st.sampled_from([True, True, True, False]))
    return {
        "event_type": "click" if is_click else "open",
        "campaign_id": draw(st.integers(1, 2)),
        "message_id": draw(st.sampled_from(["10", "10", "11"])),
        "contact_id": contact,
        "contact_email": f"{contact}@corp.example",
        "activity_timestamp": at.isoformat(),
        "created_at": (at + draw(spans)).isoformat(),
        "times": draw(st.integers(1, 3)),
        "link_id": draw(st.sampled_from(LINKS)) if is_click else None,
        "link_url": "https://shop.example/" if is_click else None,
    }


@st.composite
def bursts(draw: st.DrawFn, times: st.SearchStrategy[datetime]) -> list[dict[str, Any]]:
    """Draw what a scanner does: link after link, with an open."""
    contact, campaign, at = draw(st.sampled_from(PEOPLE)), draw(st.integers(1, 2)), draw(times)
    pause, hidden = draw(st.sampled_from([0, 1, 2, 40])), draw(st.sampled_from([0, 0, 2]))
    return [
        {
            "event_type": "click" if n else "open",
            "campaign_id": campaign,
            "message_id": "10",
            "contact_id": contact,
            "contact_email": f"{contact}@corp.example",
            "activity_timestamp": (at + timedelta(seconds=n * pause)).isoformat(),
            "created_at": (at + timedelta(hours=1)).isoformat(),
            "times": 1,
            "link_id": str(n) if n else None,
            "link_url": f"https://shop.example/{'unseen' if n == hidden else n}" if n else None,
        }
        for n in range(draw(st.integers(2, 6)))
    ]


def observed(times: st.SearchStrategy[datetime]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Draw observations of people and of scanners."""
    return st.tuples(st.lists(activities(times), max_size=10), st.lists(bursts(times), max_size=3)).map(
        lambda drawn: [*drawn[0], *(row for burst in drawn[1] for row in burst)]
    )


@st.composite
def chosen(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the settings of an account."""
    return {
        "lookback_days": draw(st.integers(1, 60)),
        "half_life_days": draw(st.integers(1, 9)),
        "first_percent": draw(st.integers(1, 60)),
        "last_percent": draw(st.integers(1, 60)),
        "include_opens": draw(st.booleans()),
        "include_machine": draw(st.sampled_from([False, False, True])),
    }


@st.composite
def worlds(draw: st.DrawFn) -> tuple[World, dict[str, Any]]:
    """Draw observations, conversions at about the same times, and settings."""
    picked, honeypots = draw(chosen()), {"honeypot_links": draw(st.sampled_from(["none", "shop.example/unseen"]))}
    seen = draw(observed(moments))
    stamps = [datetime.fromisoformat(row["activity_timestamp"]) for row in seen] or [SENT]
    after = st.tuples(st.sampled_from(stamps), spans).map(sum_of)
    return {
        "campaigns": [{"campaign_id": n, "sent_at": SENT.isoformat(), "send_amt": 9} for n in (1, 2)],
        "users": [{"user_id": who, "contact_id": who} for who in PEOPLE],
        "email_activities": seen,
        "conversions": [
            {
                "conversion_id": f"c{number}",
                "user_id": draw(st.sampled_from(PEOPLE)),
                "converted_at": draw(after).isoformat(),
                "value": "9.99",
                "currency": "EUR",
            }
            for number in range(draw(st.integers(1, 4)))
        ],
        "attribution_settings": [
            {"name": name, "value": str(value).lower(), "updated_at": SENT.isoformat()}
            for name, value in (picked | honeypots).items()
        ],
    }, picked


def sum_of(drawn: tuple[datetime, timedelta]) -> datetime:
    """Return a moment some time after another."""
    return drawn[0] + drawn[1]


trying = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def engine() -> DuckDbEngine:
    """Give DuckDB with every view over empty tables."""
    return DuckDbEngine("closed_months")


@pytest.fixture(scope="module")
def given_machines() -> DuckDbEngine:
    """Give DuckDB in which a test says what machines did."""
    return DuckDbEngine("given_machines", {"machine_activity"})


def later(world: World, added: list[dict[str, Any]], *, grown: int) -> World:
    """Return a world in which more was observed after every conversion, as rows that move and rows that stand still."""
    end = max(datetime.fromisoformat(row["converted_at"]) for row in world["conversions"])
    shift = end - SENT + timedelta(seconds=6)
    moved = [
        {
            name: _shifted(row[name], shift) if name in {"activity_timestamp", "created_at"} else row[name]
            for name in row
        }
        for row in added
    ]
    standing = [
        {**row, "times": 3 + row["times"], "created_at": (end + timedelta(hours=1)).isoformat()}
        for row in world["email_activities"][:grown]
    ]
    return {**world, "email_activities": [*world["email_activities"], *moved, *standing]}


def _shifted(text: str, shift: timedelta) -> str:
    return (datetime.fromisoformat(text) + shift).isoformat()


@trying
@given(drawn=st.lists(st.tuples(worlds(), observed(moments), st.integers(0, 4)), min_size=8, max_size=8))
def test_what_is_observed_later_changes_no_credit(engine: DuckDbEngine, drawn: list[Any]) -> None:
    """Neither another click, nor an open, nor a scanner, nor a count that grew while its time stood still."""
    pairs: dict[str, Rows] = {}
    for number, ((world, _), added, grown) in enumerate(drawn):
        pairs[f"{number} before"] = world
        pairs[f"{number} after"] = later(world, added, grown=grown)

    engine.fill(in_accounts(pairs))
    rows = engine.read("attribution")

    def of(ending: str) -> list[Mapping[str, Any]]:
        return [
            {"world": row["organization_id"].removesuffix(ending), **{name: row[name] for name in (*CREDIT, *AMOUNTS)}}
            for row in rows
            if row["organization_id"].endswith(ending)
        ]

    assert of(" before") == of(" after")


@trying
@given(drawn=st.lists(st.tuples(worlds(), st.randoms(use_true_random=False)), min_size=8, max_size=8))
def test_credit_is_what_the_document_says(given_machines: DuckDbEngine, drawn: list[Any]) -> None:
    """Of any world, compared with a definition in plain Python."""
    accounts: dict[str, Rows] = {}
    for number, ((world, _), chance) in enumerate(drawn):
        accounts[str(number)] = world | {"machine_activity": _some_machines(world["email_activities"], chance)}

    given_machines.fill(in_accounts(accounts))
    rows = given_machines.read("attribution")

    for number, ((_, picked), _chance) in enumerate(drawn):
        found = {
            (row["conversion_id"], row["model"], _touch(row)): int(Decimal(row["credit"]) * MILLIARD)
            for row in rows
            if row["organization_id"] == str(number)
        }
        expected = credits_of(accounts[str(number)], picked)
        assert found.keys() == expected.keys()
        # Weights of time decay are rounded to 30 bits.
        assert {key: found[key] for key in found if abs(found[key] - expected[key]) > _tolerance(key)} == {}


def _some_machines(seen: list[dict[str, Any]], chance: Any) -> list[dict[str, Any]]:
    """Return verdicts on some of the observations: those that happened at the time of their row."""
    firsts: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in seen:
        key = tuple(row[name] for name in ("campaign_id", "message_id", "event_type", "link_id", "contact_id"))
        at = (*key, row["activity_timestamp"])
        firsts[at] = min(firsts.get(at, row), row, key=lambda each: each["times"])
    return [
        {
            **{name: row[name] for name in ("campaign_id", "message_id", "event_type", "link_id", "times")},
            "contact_key": row["contact_id"],
            "touched_at": row["activity_timestamp"],
            "recognised_at": _shifted(row["activity_timestamp"], timedelta(hours=chance.choice([0, 0, 1, 400]))),
            "rule_id": "click_burst",
            "verdict": "machine",
        }
        for row in firsts.values()
        if chance.random() < 0.3
    ]


def _touch(row: Mapping[str, Any]) -> tuple[Any, ...] | None:
    if not row["touches"]:
        return None
    return tuple(row[name] for name in ("campaign_id", "message_id", "event_type", "link_id", "contact_key"))


def _tolerance(key: tuple[Any, ...]) -> int:
    return 5 if key[1] == "time_decay" else 0
