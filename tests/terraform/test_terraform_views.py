"""Views are created in layers: as many as sql/ needs, and never one too few without a word."""

import re
from pathlib import Path

import pytest

from tests.terraform.plans import Plan, plan_of
from tests.terraform.workspace import REPOSITORY, Workspace

LAYER = re.compile(r'^module "views_(\d+)"', re.MULTILINE)
FILE = REPOSITORY / "terraform" / "dataset_views" / "main.tf"
LAYERS = [int(number) for number in LAYER.findall(FILE.read_text(encoding="utf-8"))]


def test_no_layer_is_empty(plan: Plan) -> None:
    """There are exactly as many layers as the views of sql/ need."""
    planned = {r.address.partition(".google_")[0] for r in plan.of("google_bigquery_table") if r.name == "view"}

    assert planned == {f"module.views.module.views_{number}" for number in LAYERS}
    assert sorted(LAYERS) == list(range(len(LAYERS)))


def test_whoever_waits_for_the_views_waits_for_the_last_layer() -> None:
    """The module's output, and so whatever depends on the module, is there when all layers are."""
    text = FILE.read_text(encoding="utf-8")

    assert f"depends_on = [module.views_{max(LAYERS)}] # and so on every view" in text


def test_a_chain_of_views_that_is_too_deep_fails_the_plan(workspace: Workspace, tmp_path: Path) -> None:
    """The message names the view that is left over, and says how to add a layer."""
    changed = workspace.copy(tmp_path / "changed")
    _add_chain(changed, length=len(LAYERS) + 1)

    with pytest.raises(ValueError, match=rf"fit into no layer: step_{len(LAYERS)}\. Add a layer: "):
        plan_of(changed)


def test_a_chain_of_views_that_fits_is_planned(workspace: Workspace, tmp_path: Path) -> None:
    """A chain as deep as there are layers has a view in each."""
    changed = workspace.copy(tmp_path / "changed")
    _add_chain(changed, length=len(LAYERS))

    planned = {r.key: r.address for r in plan_of(changed).of("google_bigquery_table") if r.name == "view"}

    assert [planned[f"step_{n}"].partition(".google_")[0] for n in LAYERS] == [
        f"module.views.module.views_{n}" for n in LAYERS
    ]


def _add_chain(workspace: Workspace, *, length: int) -> None:
    """Add views that each read the one before."""
    for step in range(length):
        below = f"step_{step - 1}" if step else "email_activities"
        workspace.add_view(f"step_{step}", f"-- One row is a row.\nSELECT * FROM `${{dataset}}`.`{below}`")
