"""The evaluator of the tests of alerts, against what Prometheus documents."""

import pytest

from tests.terraform.promql import Data, Series, evaluate, firing

COUNTED = [
    Series(name="jobs", labels={"team": "a", "zone": "x"}, points=[(1, 2), (9, 1)]),
    Series(name="jobs", labels={"team": "a", "zone": "y"}, points=[(8, 4)]),
    Series(name="jobs", labels={"team": "b", "zone": "x"}, points=[(2, 5)]),
    Series(name="age", labels={"team": "a"}, points=[(7, 30), (9, 40)]),
    Series(name="age", labels={"team": "b"}, points=[(2, 90)]),
]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("vector(1)", {"": 1}),
        ("vector(1) > 1", {}),
        ('label_replace(vector(3), "team", "c", "", "")', {"c": 3}),
        ("sum by (team) (increase(jobs[10m]))", {"a": 7, "b": 5}),
        ("sum by (team) (increase(jobs[5m]))", {"a": 5}),
        ("sum(increase(jobs[5m]))", {"": 5}),
        ("max by (team) (increase(jobs[10m])) > 4", {"b": 5}),
        ("sum by (team) (increase(jobs[10m])) < 6", {"b": 5}),
        ('sum by (team) (increase(jobs{zone="x"}[10m]))', {"a": 3, "b": 5}),
        ('sum by (team) (increase(jobs{zone!="x"}[10m]))', {"a": 4}),
        ('sum by (team) (increase(jobs{team=~"b|c"}[10m]))', {"b": 5}),
        ('sum by (team) (increase(jobs{team!~"b.*"}[10m]))', {"a": 7}),
        ('sum by (team) (increase(jobs{none=""}[10m]))', {"a": 7, "b": 5}),
        ("age", {"a": 40}),
        ("age or vector(0)", {"a": 40, "": 0}),
        ("age or on (team) sum by (team) (increase(jobs[10m]))", {"a": 40, "b": 5}),
        ("sum by (team) (increase(jobs[10m])) unless on (team) age", {"b": 5}),
        ("sum by (team, zone) (increase(jobs[10m])) unless on (team) age", {"b, x": 5}),
        ("sum by (team, zone) (increase(jobs[10m])) unless age", {"a, x": 3, "a, y": 4, "b, x": 5}),
    ],
)
def test_a_query_has_the_value_that_prometheus_gives_it(query: str, expected: dict[str, float]) -> None:
    """At minute 10, where a gauge is shown for five minutes."""
    found = evaluate(query, Data(series=COUNTED, minute=10))

    assert {", ".join(value for _, value in sorted(labels)): value for labels, value in found.items()} == expected


@pytest.mark.parametrize("query", ["rate(jobs[5m]) > 0", "age + 1", "min(age)", "age > age", "avg(age)"])
def test_what_is_not_known_is_an_error_and_no_silence(query: str) -> None:
    """An alert whose query uses more of the language cannot pass by being misunderstood."""
    with pytest.raises((NotImplementedError, KeyError)):
        evaluate(query, Data(series=COUNTED, minute=10))


def test_nonsense_is_refused_by_the_grammar() -> None:
    """A query that Google would refuse does not evaluate."""
    with pytest.raises(ValueError, match="unclosed left parenthesis"):
        evaluate("sum by (increase(", Data(series=COUNTED, minute=10))


def test_increase_extrapolates() -> None:
    """So one of something may count as more or less than 1."""
    found = evaluate("sum(increase(jobs[5m]))", Data(series=COUNTED, minute=10, stretch=1.1))

    assert list(found.values()) == [pytest.approx(5.5)]


def test_an_alert_fires_after_its_duration_and_per_series() -> None:
    """A condition that ends in between begins anew."""
    series = [
        Series(name="age", labels={"team": "a"}, points=[(minute, 9) for minute in range(0, 41, 5) if minute != 20]),
        Series(name="age", labels={"team": "b"}, points=[(minute, 9) for minute in range(0, 41, 5)]),
    ]

    assert firing("age > 1", series, duration=15, until=40) == {"a": [15, 40], "b": [15, 20, 25, 30, 35, 40]}
