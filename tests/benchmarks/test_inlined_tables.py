"""How many tables a view refers to with everything in place of its name."""

import pytest

from benchmarks.inlined_tables import inlined_tables, measure

VIEWS = {
    "plain": "SELECT a FROM `d`.`one` JOIN `d`.`two` USING (a)",
    "twice": "WITH x AS (SELECT a FROM `d`.`one`) SELECT a FROM x UNION ALL SELECT a FROM x",
    "chain": "WITH x AS (SELECT a FROM `d`.`one`), y AS (SELECT 1 AS a FROM x, x AS z) SELECT y.a FROM y, y AS v",
    "nested": "SELECT a FROM (WITH x AS (SELECT a FROM `d`.`one`) SELECT 1 AS a FROM x, x AS y), `d`.`two`",
    "of_views": "SELECT a FROM `d`.`plain` JOIN `d`.`twice` USING (a) JOIN `d`.`plain` AS p USING (a)",
    "none": "SELECT 1 AS a",
}


@pytest.mark.parametrize(
    ("view", "tables"), [("plain", 2), ("twice", 2), ("chain", 4), ("nested", 3), ("of_views", 6), ("none", 0)]
)
def test_what_is_named_twice_counts_twice(view: str, tables: int) -> None:
    """BigQuery puts views and subqueries in the place of their names."""
    assert inlined_tables(VIEWS, VIEWS.__getitem__)[view] == tables


def test_each_view_keeps_its_target() -> None:
    """Another subquery that is named twice doubles whatever stands below it."""
    figures = measure()

    assert [figure.name for figure in figures if figure.target] == ["attribution"]
    assert [figure for figure in figures if not figure.is_reached] == []


def test_a_view_over_stored_ones_refers_to_few_tables() -> None:
    """A stored view is one table, whatever it was computed from."""
    found = {figure.name: figure.value for figure in measure()}

    for view in ("touches", "monthly_funnel", "engagement_by_period"):
        assert found[f"{view}, views stored"] < found[view] / 3
