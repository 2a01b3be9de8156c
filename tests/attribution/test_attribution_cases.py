"""The views of attribution, case by case, in DuckDB and in the BigQuery emulator: both agree with the files."""

import orjson
import pytest

from sendtrail.warehouse.tables import FOLDER
from tests.attribution.cases import VIEWS, Case, load_cases
from tests.attribution.engines import DuckDb, Engine

CASES = [
    pytest.param(case, view, id=f"{case.organization_id}-{view}") for case in load_cases() for view in case.expected
]


@pytest.mark.parametrize(("case", "view"), CASES)
def test_a_view_has_the_rows_that_the_case_expects(engine: Engine, case: Case, view: str) -> None:
    """All of them, and no other."""
    expected = case.expected[view]

    rows = engine.read(view, case.organization_id, expected["columns"])

    assert rows == sorted((list(row) for row in expected["rows"]), key=str)


@pytest.mark.parametrize("view", VIEWS)
def test_every_column_of_a_view_is_described(view: str) -> None:
    """In the order in which the view has them, with the types that it has."""
    described = orjson.loads((FOLDER / view / "columns.json").read_bytes())

    assert [(column["name"], column["type"]) for column in described] == DuckDb().columns(view)
    assert all(column["description"].endswith(".") for column in described)
