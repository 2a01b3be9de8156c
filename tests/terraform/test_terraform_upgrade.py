"""An upgrade: tables before functions, and views that gain or lose columns made anew."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.terraform.conftest import VARIABLES
from tests.terraform.workspace import Workspace

CHANGED = re.compile(r"# (.+?) (will be updated in-place|must be replaced|will be replaced[^\n]*)")
VIEW = "campaign_engagement"
COLUMNS = f"sql/{VIEW}/columns.json"
ADDED = {"name": "added", "type": "STRING", "mode": "NULLABLE", "description": "Of a newer version."}


def test_tables_are_changed_before_functions(applied: Workspace) -> None:
    """New code that finds an old table would fail at every delivery until that is changed."""
    change(applied, "sql/campaigns/table.json", lambda table: table["schema"]["fields"].append(ADDED))
    (applied.root / "tests/bundles/before/dispatcher.zip").write_text("changed", encoding="utf-8")

    result = applied.run("apply", "-auto-approve", *VARIABLES)

    assert result.status == 0, result.output
    table = result.output.index('google_bigquery_table.table["campaigns"]: Modifications complete')
    assert table < result.output.index('google_cloudfunctions2_function.function["dispatcher"]: Modifying')


@pytest.mark.parametrize(
    "new_columns",
    [
        pytest.param(lambda columns: columns.append(ADDED), id="added"),
        pytest.param(lambda columns: columns.pop(), id="removed"),
        pytest.param(lambda columns: columns[0].update(type="BYTES"), id="of another type"),
        pytest.param(lambda columns: columns.reverse(), id="in another order"),
    ],
)
def test_a_view_with_other_columns_is_made_anew(applied: Workspace, new_columns: Any) -> None:
    """BigQuery would refuse to change it; nothing else is touched, tables and their rows least of all."""
    change(applied, COLUMNS, new_columns)

    result = applied.run("plan", *VARIABLES)

    changed = dict(CHANGED.findall(result.output))
    assert {address.partition(".google_")[2]: how for address, how in changed.items() if ".google_" in address} == {
        f'bigquery_table.view["{VIEW}"]': changed[f'{layer(result.output)}.google_bigquery_table.view["{VIEW}"]']
    }
    assert "replaced" in changed[f'{layer(result.output)}.google_bigquery_table.view["{VIEW}"]']
    assert "Plan: 1 to add, 1 to change, 1 to destroy." in result.output


def test_a_view_whose_columns_are_described_otherwise_stays(applied: Workspace) -> None:
    """A description and a query are changed in place: the view is there all the time."""
    change(applied, COLUMNS, lambda columns: columns[0].update(description="Said in other words."))

    result = applied.run("plan", *VARIABLES)

    assert "Plan: 0 to add, 1 to change, 0 to destroy." in result.output
    assert f'{layer(result.output)}.google_bigquery_table.view["{VIEW}"] will be updated in-place' in result.output


def test_a_view_that_is_made_anew_is_authorized_anew(applied: Workspace) -> None:
    """BigQuery authorizes a view, not its name."""
    before = applied.run("apply", "-auto-approve", *VARIABLES, "-var=conversions_view=shop-project.shop.orders")
    assert before.status == 0, before.output
    change(applied, "sql/conversions_in_use/columns.json", lambda columns: columns.append(ADDED))

    result = applied.run("plan", *VARIABLES, "-var=conversions_view=shop-project.shop.orders")

    access = 'google_bigquery_dataset_access.view["conversions_in_use in shop-project.shop"]'
    assert "replaced" in dict(CHANGED.findall(result.output))[access]


def test_views_of_an_earlier_version_stay(applied: Workspace) -> None:
    """Their layers were modules of the root: nothing is made anew because it is elsewhere now."""
    state = applied.root / "terraform.tfstate"
    text = state.read_text(encoding="utf-8")
    assert '"module": "module.views.module.views_0"' in text
    state.write_text(text.replace("module.views.module.views_", "module.views_"), encoding="utf-8")

    result = applied.run("plan", *VARIABLES)

    assert "Plan: 0 to add, 0 to change, 0 to destroy." in result.output
    assert 'has moved to module.views.module.views_0.google_bigquery_table.view["observations"]' in result.output


def change(workspace: Workspace, file: str, how: Any) -> None:
    """Change a JSON file of the copy."""
    path: Path = workspace.folder / file
    content = json.loads(path.read_text(encoding="utf-8"))
    how(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def layer(output: str) -> str:
    """Return the module that has the view."""
    found = re.search(rf'(module\.views\.module\.views_\d+)\.google_bigquery_table\.view\["{VIEW}"\]', output)
    assert found is not None
    return found[1]
