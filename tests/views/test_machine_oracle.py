"""The machine rules find what plain Python finds in the same observations, whatever those are."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.views.cases import in_accounts
from tests.views.engines import DuckDbEngine
from tests.views.plain_machines import verdicts
from tests.views.test_view_properties import examples

FIRST_SEND = datetime(2025, 5, 1, 10, tzinfo=UTC)
HONEYPOT, AUTOMATION = "shop.example/unseen", 6
SENDS = {number: FIRST_SEND + timedelta(days=number // 2 * 2) for number in range(1, 8)}  # two at a time, but for one
DOMAINS = ("corp.example", "corp.example", "mail.example")
# At the bounds of the rules, and around them.
DELAYS_S = (0, 1, 59, 60, 61, 600, 1799, 1800, 1801, 3599, 3600, 3601, 40_000)
PAUSES_S = (0, 1, 2, 3, 4, 10, 11, 119, 120, 121, 599, 600, 601)
World = Mapping[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def engine() -> DuckDbEngine:
    """Give DuckDB with every view over empty tables."""
    return DuckDbEngine("machine_worlds")


def world(seed: int) -> World:
    """Return an account of people, scanners and gateways: the same for the same seed."""
    chance = Random(seed)
    habits = {str(who): chance.choice(["person", "scanner", "scanner", "gateway"]) for who in range(1, 9)}
    if chance.random() < 0.5:
        habits |= {who: "gateway" for who in habits if _domain(who) == DOMAINS[0]}
    rows = [
        row
        for campaign in SENDS
        for who, habit in habits.items()
        if chance.random() < (0.97 if habit == "gateway" else 0.8)
        for row in _mail(chance, campaign, who, habit)
    ]
    return {
        "campaigns": [
            {
                "campaign_id": number,
                "sent_at": sent.isoformat(),
                "automation_id": "9" if number == AUTOMATION else None,
            }
            for number, sent in SENDS.items()
        ],
        "attribution_settings": [{"name": "honeypot_links", "value": HONEYPOT, "updated_at": FIRST_SEND.isoformat()}],
        "email_activities": rows,
    }


def _domain(who: str) -> str:
    return DOMAINS[int(who) % len(DOMAINS)]


def _mail(chance: Random, campaign: int, who: str, habit: str) -> Iterator[dict[str, Any]]:
    """Yield what is observed of one e-mail to one contact."""
    delay = chance.choice(DELAYS_S) if habit != "gateway" else chance.choice(DELAYS_S[:8])
    at = SENDS[campaign] + timedelta(seconds=delay)
    base = {
        "campaign_id": campaign,
        "message_id": chance.choice(["10", "10", "10", "11"]),
        "contact_id": who,
        "contact_email": f"{who}@{_domain(who)}",
    }
    if habit == "gateway" or chance.random() < 0.4:
        opened = at - timedelta(seconds=chance.choice([0, 0, 1, 2, 3, 10, 11]))
        yield _row(base, "open", opened, None, times=chance.choice([1, 1, 1, 1, 2]))
        yield from _again(chance, base, "open", opened)
    if habit == "gateway":
        return
    pauses = chance.choice([PAUSES_S[:3], PAUSES_S[:6], PAUSES_S[4:9], PAUSES_S])
    for link in chance.sample("abcdefh", chance.choice([1, 2, 3, 6, 7] if habit == "scanner" else [0, 0, 1, 2])):
        yield _row(base, "click", at, link)
        if chance.random() < 0.2:
            yield from _again(chance, base, "click", at, link)
        at += timedelta(seconds=chance.choice(pauses))


def _again(
    chance: Random, base: Mapping[str, Any], kind: str, at: datetime, link: str | None = None
) -> Iterator[dict[str, Any]]:
    """Yield a later observation of the same touch: its time moved, or stood still."""
    if chance.random() < 0.3:
        yield _row(base, kind, at + timedelta(seconds=chance.choice([0, *PAUSES_S, 7200])), link, times=3)


def _row(base: Mapping[str, Any], kind: str, at: datetime, link: str | None, *, times: int = 1) -> dict[str, Any]:
    page = "UNSEEN" if link == "h" else "page"
    return {
        **base,
        "event_type": kind,
        "activity_timestamp": at.isoformat(),
        "times": times,
        "link_id": link,
        "link_url": link and f"https://shop.example/{page}/{link}",
    }


def found_in(engine: DuckDbEngine, worlds: Sequence[World]) -> list[dict[Any, Any]]:
    """Return the verdicts of machine_activity on each world."""
    engine.fill(in_accounts({str(number): each for number, each in enumerate(worlds)}))
    found: list[dict[Any, Any]] = [{} for _ in worlds]
    for row in engine.read("machine_activity"):
        names = ("campaign_id", "message_id", "contact_key", "event_type", "link_id")
        key = (*(row[name] for name in names), datetime.fromisoformat(row["touched_at"]), row["times"])
        at = row["recognised_at"] and datetime.fromisoformat(row["recognised_at"])
        found[int(row["organization_id"])][key] = row["rule_id"], at
    return found


def defined(each: World) -> dict[Any, Any]:
    """Return the verdicts of the definition."""
    sends = {number: sent for number, sent in SENDS.items() if number != AUTOMATION}
    return verdicts(each["email_activities"], sends=sends, honeypots=[HONEYPOT])


@examples
@given(seeds=st.lists(st.integers(0, 10**9), min_size=8, max_size=8, unique=True))
def test_the_rules_are_those_of_the_document(engine: DuckDbEngine, seeds: list[int]) -> None:
    """The same observations, by the same rule, with the same time of the evidence."""
    worlds = [world(seed) for seed in seeds]

    assert found_in(engine, worlds) == [defined(each) for each in worlds]


@examples
@given(
    drawn=st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 8 * 86_400)), min_size=4, max_size=4, unique=True)
)
def test_what_is_seen_later_changes_no_verdict(engine: DuckDbEngine, drawn: list[tuple[int, int]]) -> None:
    """What was recognised by a moment is recognised by it alone, whatever follows: so credit once earned stays."""
    moments = [FIRST_SEND + timedelta(seconds=seconds) for _, seconds in drawn]
    whole = [world(seed) for seed, _ in drawn]
    begun = [_until(each, moment) for each, moment in zip(whole, moments, strict=True)]

    found = found_in(engine, [*whole, *begun])

    for number, moment in enumerate(moments):
        by_then = [
            {key: verdict for key, verdict in each.items() if verdict[1] and verdict[1] <= moment}
            for each in (found[number], found[number + len(whole)])
        ]
        assert by_then[0] == by_then[1]


def _until(each: World, moment: datetime) -> World:
    """Return an account as it was when nothing later than this had happened."""
    rows = [row for row in each["email_activities"] if datetime.fromisoformat(row["activity_timestamp"]) <= moment]
    return {**each, "email_activities": rows}


def test_every_rule_finds_something(engine: DuckDbEngine) -> None:
    """Or a rule that never applies would agree with any definition."""
    engine.fill({})
    rules = {row["rule_id"] for row in engine.read("machine_rules")}

    assert {rule for seed in range(40) for rule, _ in defined(world(seed)).values()} == rules
