"""docs/views.md: it is about every view, and its queries run."""

import re
from pathlib import Path

import pytest

from sendtrail.warehouse.views import columns, references_in
from tests.views.cases import load_cases
from tests.views.conftest import Engines

DOCUMENT = (Path(__file__).parents[2] / "docs" / "views.md").read_text(encoding="utf-8")
OTHERS = "attribution/"  # those are in docs/attribution.md
OWN = sorted({view for name, case in load_cases().items() if not name.startswith(OTHERS) for view in case.expected})
QUERIES = re.findall(r"```sql\n(.*?);\n```", DOCUMENT, flags=re.DOTALL)


@pytest.mark.parametrize("view", OWN)
def test_every_column_of_a_view_is_explained(view: str) -> None:
    """The tables of the document have the descriptions of `columns.json`."""
    section = DOCUMENT.partition(f"\n### {view}\n")[2].partition("\n### ")[0]
    assert re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", section, flags=re.MULTILINE) == [
        (column.name, column.description) for column in columns(view)
    ]


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_an_example_runs(query: str, engines: Engines) -> None:
    """It is the same on DuckDB and on BigQuery."""
    engine = engines(gives_views=False)
    for view in references_in(re.sub(r"marketing_ai\.(\w+)", r"`${dataset}`.`\1`", query)):
        engine.create(view)

    engine.query(query.replace("marketing_ai", engine.dataset))


def test_there_are_four_examples() -> None:
    """None is left out by the pattern above."""
    assert len(QUERIES) == 4
