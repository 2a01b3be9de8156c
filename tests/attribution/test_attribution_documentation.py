"""docs/attribution.md: its worked example is the test's, its query runs, and it names what there is."""

import re
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from sendtrail.attribution.conversion_csv.header import NAMES
from sendtrail.attribution.conversion_csv.shops import SHOPS
from sendtrail.attribution.data_driven.markov import MarkovModel
from sendtrail.attribution.data_driven.model import Model
from sendtrail.attribution.data_driven.shapley import ShapleyModel
from sendtrail.attribution.settings import SETTINGS
from sendtrail.attribution.user_csv.user_file import NAMES as USER_NAMES
from sendtrail.warehouse.tables import definition
from tests.attribution.data_driven.path_samples import arrays, paths_of
from tests.views.cases import load_cases
from tests.views.engines import duckdb_with_cases

PAGES = Path(__file__).parents[2] / "docs"
DOCUMENT = (PAGES / "attribution.md").read_text(encoding="utf-8")
CONVERSIONS = (PAGES / "conversions.md").read_text(encoding="utf-8")
CASES = [case for name, case in load_cases().items() if name.startswith("attribution/")]
VIEWS = sorted({view for case in CASES for view in case.expected})
OF_SENDTRAIL = {"row_hash", "created_at", "updated_at"}


def test_each_model_has_its_five_touches_worked_out() -> None:
    """The table of the document, to the cent, is what the views are tested to return."""
    expected: defaultdict[str, list[Decimal]] = defaultdict(list)
    for row in load_cases()["attribution/five_touches"].expected["attribution"]:
        expected[row["model"]].append(Decimal(row["value"]))

    documented = re.findall(r"^\| \*\*([a-z -]+)\*\* \| (.+) \|$", DOCUMENT, flags=re.MULTILINE)

    assert {
        re.sub(r"[ -]", "_", model): [Decimal(value) for value in values.split("|")] for model, values in documented
    } == expected


def test_the_data_driven_models_have_their_example_worked_out() -> None:
    """Ten people clicked the one, ten the other, ten both, one after the other."""
    paths = paths_of(("1", 1, 9), ("2", 3, 7), ("1 > 2", 6, 4))
    models: dict[str, Model] = {"Markov": MarkovModel(paths, (1, 2)), "Shapley": ShapleyModel(paths, (1, 2))}

    documented = re.findall(r"^\| \*\*(Markov|Shapley)\*\* \| (.+) \|$", DOCUMENT, flags=re.MULTILINE)

    assert {model: [float(credit) for credit in credits_.split("|")] for model, credits_ in documented} == {
        name: pytest.approx(model.credits(*arrays(paths)).tolist(), abs=0.005) for name, model in models.items()
    }


def test_the_example_runs() -> None:
    """It is the one question that a marketer asks."""
    [query] = re.findall(r"```sql\n(.*?);\n```", DOCUMENT, flags=re.DOTALL)

    engine = duckdb_with_cases(gives_views=True)
    for view in VIEWS:
        engine.create(view)

    assert engine.query(query.replace("marketing_ai", engine.dataset))


@pytest.mark.parametrize("name", [*SETTINGS, *VIEWS])
def test_every_setting_and_view_is_there(name: str) -> None:
    """What a person may choose or ask for."""
    assert f"`{name}`" in DOCUMENT


@pytest.mark.parametrize("name", [*NAMES, *USER_NAMES, *SHOPS])
def test_every_column_of_a_file_and_every_export_is_there(name: str) -> None:
    """What a person may write in a file, and whose file it may be."""
    assert f"`{name}`" in CONVERSIONS


def test_the_columns_of_a_view_of_ones_own_are_those_of_the_table() -> None:
    """All but what Sendtrail keeps for itself, with their types."""
    section = DOCUMENT.partition("### A view of your own")[2].partition("\n## ")[0]
    documented = {
        name: kind
        for names, kind in re.findall(r"^\| (`.*`) \| ([A-Z]+) \|", section, flags=re.MULTILINE)
        for name in re.findall(r"\w+", names)
    }

    assert documented == {c.name: c.type for c in definition("conversions").columns if c.name not in OF_SENDTRAIL}
