"""Each view: input rows and the rows expected of them, on both engines."""

import pytest

from sendtrail.warehouse.views import columns
from tests.views.engines import Engine
from tests.views.view_cases import cases, expected, story

OWN = sorted({case.partition("/")[0] for case in cases()})


@pytest.mark.parametrize("case", cases())
def test_a_view_has_the_expected_rows(case: str, engine: Engine) -> None:
    """DuckDB and BigQuery agree with the data file, and so with each other."""
    rows = expected(case)
    engine.fill(story(case))

    assert engine.read(case.partition("/")[0], list(rows[0])) == rows


@pytest.mark.parametrize("view", OWN)
def test_every_column_is_expected_somewhere(view: str) -> None:
    """No column of a view goes without a test."""
    told = {column for case in cases() if case.startswith(f"{view}/") for column in expected(case)[0]}
    assert told == {column.name for column in columns(view)}
