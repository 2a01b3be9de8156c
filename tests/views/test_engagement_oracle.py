"""The views of engagement say what plain Python says of the same observations, whatever those are."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.views.cases import Row, Rows
from tests.views.engines import DuckDbEngine
from tests.views.test_view_properties import SENT, examples, stories

Key = tuple[object, ...]


def grouped(rows: Iterable[Row], *names: str) -> dict[Key, list[Row]]:
    """Return rows by the values of some columns."""
    groups: defaultdict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(row[name] for name in names)].append(row)
    return groups


def of(rows: Iterable[Row], event_type: str, *, raw: bool = False) -> list[Row]:
    """Return the observations of a type, without those of machines unless all count."""
    return [row for row in rows if row["event_type"] == event_type and (raw or not row["is_machine"])]


@examples
@given(story=stories)
def test_a_contact_did_in_a_campaign_what_was_observed(duckdb_engine: DuckDbEngine, story: Rows) -> None:
    """Growth is summed, first times are the earliest, and nobody who did anything is missing."""
    duckdb_engine.fill(story)
    seen = grouped(duckdb_engine.read("touch_observations"), "contact_key", "campaign_id")
    rows = duckdb_engine.read("contact_campaigns")

    others = {
        (row["contact_key"], row["campaign_id"])
        for row in duckdb_engine.read("observations")
        if row["event_type"] not in {"open", "click"}
    }
    assert {(row["contact_key"], row["campaign_id"]) for row in rows} == seen.keys() | others
    for row in rows:
        found = seen.get((row["contact_key"], row["campaign_id"]), [])
        opens, clicks = of(found, "open"), of(found, "click")
        assert row["first_opened_at"] == min((each["touched_at"] for each in opens), default=None)
        assert row["first_clicked_at"] == min((each["touched_at"] for each in clicks), default=None)
        assert row["opens"] == sum(each["growth"] for each in opens)
        assert row["links_clicked"] == len({(each["message_id"], each["link_id"]) for each in clicks})
        assert row["raw_clicks"] == sum(each["growth"] for each in of(found, "click", raw=True))


@examples
@given(story=stories)
def test_a_link_was_clicked_by_whom_it_was_seen(duckdb_engine: DuckDbEngine, story: Rows) -> None:
    """Each contact once, and its growth."""
    duckdb_engine.fill(story)
    seen = grouped(of(duckdb_engine.read("touch_observations"), "click", raw=True), "campaign_id", "link_id")

    found = {
        (row["campaign_id"], row["link_id"]): (row["unique_clicks"], row["raw_unique_clicks"], row["total_clicks"])
        for row in duckdb_engine.read("link_engagement")
    }

    assert found == {
        key: (
            len({row["contact_key"] for row in of(rows, "click")}),
            len({row["contact_key"] for row in rows}),
            sum(row["growth"] for row in of(rows, "click")),
        )
        for key, rows in seen.items()
    }


@examples
@given(story=stories)
def test_half_have_answered_within_the_hours_that_are_named(duckdb_engine: DuckDbEngine, story: Rows) -> None:
    """Of those who opened, or clicked, after a send to everybody."""
    duckdb_engine.fill(story)
    delays = defaultdict(list)
    for row in duckdb_engine.read("contact_campaigns"):
        for event, name in (("open", "first_opened_at"), ("click", "first_clicked_at")):
            happened = row[name] and datetime.fromisoformat(row[name])
            if row["campaign_id"] == 1 and happened and happened >= SENT:
                delays[event].append((happened - SENT).total_seconds() / 3600)

    for row in duckdb_engine.read("response_times"):
        hours = sorted(delays[row["event_type"]])
        assert row["contacts"] == len(hours)
        assert row["within_day"] == sum(each < 24 for each in hours)
        assert row["half_within_hours"] == int(hours[(len(hours) - 1) // 2]) + 1


@examples
@given(story=stories)
def test_a_cohort_is_those_who_first_clicked_in_its_month(duckdb_engine: DuckDbEngine, story: Rows) -> None:
    """Nobody is in two cohorts, and nobody clicks before the first month."""
    duckdb_engine.fill(story)
    months: defaultdict[str, set[date]] = defaultdict(set)
    for row in of(duckdb_engine.read("touch_observations"), "click"):
        months[row["contact_key"]].add(date.fromisoformat(row["touched_at"][:10]).replace(day=1))

    found = {
        (row["cohort"], row["month"]): (row["cohort_size"], row["clickers"])
        for row in duckdb_engine.read("engagement_cohorts")
    }

    assert found == dict(_cohorts(list(months.values())))


def _cohorts(contacts: list[set[date]]) -> Iterator[tuple[Key, tuple[int, int]]]:
    for cohort in {min(months) for months in contacts}:
        members = [months for months in contacts if min(months) == cohort]
        for month in (each for each in set().union(*contacts) if each >= cohort):
            yield (cohort.isoformat(), month.isoformat()), (len(members), sum(month in each for each in members))


@examples
@given(counts=st.lists(st.tuples(st.integers(1, 60), st.integers(0, 60)), min_size=2, max_size=4))
def test_a_split_test_is_that_of_two_proportions(duckdb_engine: DuckDbEngine, counts: list[tuple[int, int]]) -> None:
    """Each message against all others, and silent where there are too few."""
    messages = [(readers, min(clickers, readers)) for readers, clickers in counts]
    duckdb_engine.fill({"email_activities": list(_read_and_clicked(messages))})

    for row in duckdb_engine.read("message_engagement"):
        n, x = messages[int(row["message_id"])]
        m, y = sum(n for n, _ in messages) - n, sum(x for _, x in messages) - x
        pooled = (x + y) / (n + m)
        if min(n, m) * min(pooled, 1 - pooled) < 5:
            assert (row["z_score"], row["verdict"]) == (None, "too_few")
        else:
            z = (x / n - y / m) / sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
            assert row["z_score"] == pytest.approx(z, abs=1e-8)
            assert (row["verdict"] in {"better", "worse"}) == (abs(z) > {2: 1.96, 3: 2.394, 4: 2.498}[len(messages)])


def _read_and_clicked(messages: list[tuple[int, int]]) -> Iterator[Row]:
    """Yield the opens of each message's readers, and a click of some."""
    for message, (readers, clickers) in enumerate(messages):
        for reader in range(readers):
            row = {"message_id": str(message), "contact_id": f"{message}-{reader}"}
            yield {**row, "event_type": "open", "activity_timestamp": "2025-05-10T10:00:00Z"}
            if reader < clickers:
                yield {**row, "event_type": "click", "activity_timestamp": "2025-05-10T11:00:00Z", "link_id": "a"}
