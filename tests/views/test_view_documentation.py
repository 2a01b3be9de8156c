"""docs/views.md: it is about every view, and its queries run."""

import re
from pathlib import Path

import pytest

from sendtrail.warehouse.views import columns
from tests.views.engines import DATASET, DuckDbEngine, Engine
from tests.views.test_view_rows import OWN

DOCUMENT = (Path(__file__).parents[2] / "docs" / "views.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```sql\n(.*?);\n```", DOCUMENT, flags=re.DOTALL)


@pytest.mark.parametrize("view", OWN)
def test_every_column_of_a_view_is_explained(view: str) -> None:
    """The tables of the document say what `columns.json` says."""
    section = DOCUMENT.partition(f"\n### {view}\n")[2].partition("\n### ")[0]
    assert re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", section, flags=re.MULTILINE) == [
        (column.name, column.description) for column in columns(view)
    ]


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_an_example_runs(query: str, engine: Engine) -> None:
    """It is the same on DuckDB and on BigQuery."""
    engine.fill({})
    assert engine.run(query.replace("marketing_ai", DATASET)) == []


def test_there_are_three_examples(duckdb_engine: DuckDbEngine) -> None:
    """None is left out by the pattern above."""
    assert len(QUERIES) == 3
    assert duckdb_engine.run("SELECT 1 AS one") == [{"one": 1}]
