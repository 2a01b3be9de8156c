"""Each view: input rows and the rows expected of them, on both engines."""

import pytest

from sendtrail.warehouse.views import columns, names
from tests.views.cases import load_cases
from tests.views.conftest import Engines
from tests.views.engines import in_order

CASES = load_cases()
EXPECTED = [(name, view) for name, case in CASES.items() for view in case.expected]


@pytest.mark.parametrize(("name", "view"), EXPECTED)
def test_a_view_has_the_expected_rows(name: str, view: str, engines: Engines) -> None:
    """DuckDB and BigQuery agree with the data file, and so with each other."""
    case = CASES[name]
    expected = list(case.expected[view])

    found = engines(gives_views=case.gives_views).read_case(view, case)

    assert in_order([{column: row[column] for column in expected[0]} for row in found]) == in_order(expected)


@pytest.mark.parametrize("view", names())
def test_every_column_is_expected_somewhere(view: str) -> None:
    """No column of a view goes without a test."""
    expected = {column for case in CASES.values() for row in case.expected.get(view, []) for column in row}

    assert expected == {column.name for column in columns(view)}
