"""What users copy: terraform.tfvars.example, the examples and the HCL in the documents."""

import re
from pathlib import Path

import pytest

from deploy.terraform_docs import topics
from tests.terraform.plans import Plan, plan_of
from tests.terraform.problems import provider_problems
from tests.terraform.workspace import REPOSITORY, Workspace, other_root, use_its_own_variables

TERRAFORM = REPOSITORY / "terraform"
TFVARS = (TERRAFORM / "terraform.tfvars.example").read_text(encoding="utf-8")
EXAMPLES = sorted(folder.name for folder in (TERRAFORM / "examples").iterdir() if folder.is_dir())
ACCOUNTS = {
    "one-account": {"acme"},
    "several-accounts": {"outlet", "shop", "wholesale"},
}
HCL = re.compile(r"^( *)```hcl\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def copy(workspace: Workspace, tmp_path: Path) -> Workspace:
    """Return a workspace that can be changed."""
    return workspace.copy(tmp_path / "copy")


def test_the_example_of_variables_sets_those_that_exist() -> None:
    """Every variable that must be set is in the example, and no other name than a variable's."""
    inputs = [each for topic in topics(TERRAFORM) for each in topic.inputs]
    example = set(re.findall(r"^(\w+) +=", TFVARS, re.MULTILINE))

    assert example <= {each.name for each in inputs}
    assert {each.name for each in inputs if each.default is None} <= example


def test_the_example_of_variables_is_planned(copy: Workspace) -> None:
    """The folder can be applied with the example's values, after `make bundles`."""
    use_its_own_variables(copy)

    plan = plan_of(copy, "-var-file=terraform.tfvars.example")

    assert _accounts(plan) == {"acme"}
    assert provider_problems(plan) == []


def test_the_documents_example_is_the_file() -> None:
    """docs/deploy.md shows terraform.tfvars.example as it is."""
    assert TFVARS in _hcl(REPOSITORY / "docs" / "deploy.md")


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_planned(copy: Workspace, name: str) -> None:
    """Each example is a whole configuration, valid as it stands."""
    example = other_root(copy, f"terraform/examples/{name}")

    plan = plan_of(example)

    assert _accounts(plan) == ACCOUNTS[name]
    assert provider_problems(_without_their_own(plan)) == []
    assert all(resource.address.startswith("module.sendtrail.") for resource in plan.of("google_bigquery_dataset"))


def test_the_readmes_module_is_planned(copy: Workspace) -> None:
    """terraform/README.md shows a configuration that holds a checkout, and that is valid, too."""
    root = copy.folder / "configuration"
    root.mkdir()
    (root / "sendtrail").symlink_to(copy.folder)
    (block,) = _hcl(TERRAFORM / "README.md")
    (root / "main.tf").write_text(block, encoding="utf-8")

    plan = plan_of(other_root(copy, root.name))

    assert _accounts(plan) == {"acme"}


def _accounts(plan: Plan) -> set[str]:
    return set(plan.by_key("google_secret_manager_secret", "api_key"))


def _without_their_own(plan: Plan) -> Plan:
    """Return what the module plans, without the resources beside it."""
    return Plan(resources=tuple(each for each in plan.resources if each.address.startswith("module.sendtrail.")))


def _hcl(document: Path) -> list[str]:
    """Return the HCL in a document, without its indentation in a list."""
    blocks = HCL.findall(document.read_text(encoding="utf-8"))
    return [re.sub(rf"^{indentation}", "", block, flags=re.MULTILINE) for indentation, block in blocks]
