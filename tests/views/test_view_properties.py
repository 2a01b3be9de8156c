"""What holds for any rows: their order and their repetition change nothing, and a touch never sums `times`."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sendtrail.warehouse.views import names, references
from tests.views.cases import DEFAULTS, Row, Rows, in_accounts
from tests.views.engines import DuckDbEngine

SENT = datetime(2025, 5, 10, 10, tzinfo=UTC)
WRITTEN = DEFAULTS["email_activities"]["created_at"]
ADDRESSES = ("ann@corp.example", "Bob@corp.example", "cat@corp.example", "dan@mail.example", None)

people = st.tuples(st.sampled_from(["1", "2", "3", "4", None]), st.sampled_from(ADDRESSES))
instants = st.one_of(st.integers(-60, 120), st.integers(0, 9_000_000)).map(
    lambda s: (SENT + timedelta(seconds=s)).isoformat()
)


@st.composite
def activities(draw: st.DrawFn) -> Mapping[str, Any]:
    """Draw an observation, many of them close to the send and to one another."""
    kind = draw(st.sampled_from(["open", "open", "click", "click", "click", "bounce", "unsubscribe", "forward"]))
    contact_id, address = draw(people)
    link = draw(st.sampled_from(["1", "2", "3", "4"])) if kind == "click" else None
    return {
        "event_type": kind,
        "campaign_id": draw(st.integers(1, 3)),
        "contact_id": contact_id,
        "contact_email": address,
        "activity_timestamp": draw(instants),
        "times": draw(st.integers(1, 3)) if kind in {"open", "click"} else 1,
        "link_id": link,
        "link_url": link and f"https://shop.example/{link}?{draw(st.integers(0, 1))}",
        "message_id": draw(st.sampled_from([None, "10", "11"])),
    }


contacts = st.builds(
    lambda person, hour: {
        "contact_id": person[0],
        "email": person[1],
        "updated_at": (SENT + timedelta(hours=hour)).isoformat(),
    },
    people.filter(lambda person: person[0] is not None),
    st.integers(0, 3),
)
users = st.builds(
    lambda user, person: {"user_id": user, "contact_id": person[0], "email": person[1]},
    st.sampled_from(["u", "v", "w"]),
    people,
)
stories = st.builds(
    lambda seen, listed, known: {
        "email_activities": seen,
        "contacts": listed,
        "users": known,
        "campaigns": [{"sent_at": SENT.isoformat(), "send_amt": 9, "uniqueopens": 4, "verified_unique_opens": 3}],
    },
    st.lists(activities(), max_size=25),
    st.lists(contacts, max_size=5),
    st.lists(users, max_size=5),
)
examples = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _sources(view: str) -> set[str]:
    """Return a view and everything that it is computed from."""
    return {view}.union(*(_sources(each) for each in references(view) if each in names()))


# Those of attribution have properties of their own.
VIEWS = [view for view in names() if "conversions_in_use" not in _sources(view)]
SETTINGS = {"machine_rules": 11, "machine_settings": 1, "view_settings": 1}
LEAVES = {*VIEWS}.difference(*map(references, VIEWS), SETTINGS) | {"touches"}


@settings(examples, max_examples=4)
@given(drawn=st.tuples(stories, stories, stories), data=st.data())
def test_order_and_repetition_change_nothing(
    duckdb_engine: DuckDbEngine, drawn: tuple[Rows, ...], data: st.DataObject
) -> None:
    """Rows have no order, and merges at once may insert one twice."""
    once = {f"{number} once": story for number, story in enumerate(drawn)}
    again = {
        f"{number} again": {table: data.draw(st.permutations([*rows, *rows[:5]])) for table, rows in story.items()}
        for number, story in enumerate(drawn)
    }

    duckdb_engine.fill(in_accounts({**once, **again}))

    for view in LEAVES:
        rows = duckdb_engine.read(view)
        assert _of_accounts(rows, " once") == _of_accounts(rows, " again")


def _of_accounts(rows: Iterable[Row], ending: str) -> list[Row]:
    """Return the rows of the accounts whose names have this ending, without it."""
    names = ((row["organization_id"], row) for row in rows)
    return [{**row, "organization_id": name.removesuffix(ending)} for name, row in names if name.endswith(ending)]


@examples
@given(story=stories)
def test_a_touch_never_sums_its_observations(duckdb_engine: DuckDbEngine, story: Rows) -> None:
    """The largest running total is kept, and every time is one that was observed, or that of the observation."""
    opens = [row for row in story["email_activities"] if row["event_type"] in {"open", "click"}]

    duckdb_engine.fill(story)
    touches = duckdb_engine.read("touches")

    observed = {row["activity_timestamp"].replace("+00:00", "Z") for row in opens} | {WRITTEN}
    assert max((row["times"] for row in opens), default=0) == max((touch["times"] for touch in touches), default=0)
    assert {touch[name] for touch in touches for name in ("touched_at", "last_touched_at")} <= observed


@examples
@given(story=stories)
def test_people_and_machines_are_everybody(duckdb_engine: DuckDbEngine, story: Rows) -> None:
    """No open or click is lost or counted twice between the human and the raw numbers."""
    duckdb_engine.fill(story)
    touches, campaigns = duckdb_engine.read("touches"), duckdb_engine.read("campaign_engagement")

    for event, name in (("open", "unique_opens"), ("click", "link_clicks")):
        of_machines = [touch["is_machine"] for touch in touches if touch["event_type"] == event]
        assert sum(row[f"raw_{name}"] for row in campaigns) == len(of_machines)
        assert sum(row[name] for row in campaigns) == of_machines.count(False)


@examples
@given(story=stories)
def test_a_contact_has_one_present_address_and_one_user_at_most(duckdb_engine: DuckDbEngine, story: Rows) -> None:
    """Nobody is two people; what cannot be decided is a conflict."""
    duckdb_engine.fill(story)
    mapping = duckdb_engine.read("user_mapping")

    present = [row["contact_key"] for row in mapping if row["is_current_email"]]
    assert len(present) == len(set(present))
    assert len({(row["contact_key"], row["user_id"]) for row in mapping}) == len(present)


@pytest.mark.parametrize("view", VIEWS)
def test_an_empty_warehouse_has_empty_views(view: str, duckdb_engine: DuckDbEngine) -> None:
    """Before the first sync nothing fails."""
    duckdb_engine.fill({})
    assert len(duckdb_engine.read(view)) == SETTINGS.get(view, 0)
