"""The folder is a module: it can be part of another configuration, or be applied by itself."""

from tests.terraform.plans import Plan
from tests.terraform.problems import label_problems, provider_problems
from tests.terraform.workspace import REPOSITORY

TERRAFORM = REPOSITORY / "terraform"


def test_the_module_configures_no_provider() -> None:
    """A module with a provider block could not be repeated, moved or removed."""
    files = [*TERRAFORM.glob("*.tf"), *TERRAFORM.glob("views/*.tf")]

    assert [file.name for file in files if 'provider "' in file.read_text(encoding="utf-8")] == []


def test_nothing_is_left_to_the_providers_configuration(plan: Plan) -> None:
    """Every resource names its project, and its place where it has one: no provider block is needed to apply."""
    assert provider_problems(plan) == []


def test_every_resource_is_labelled(plan: Plan) -> None:
    """Whatever can have labels has the name of the installation."""
    assert label_problems(plan, {"app": "sendtrail"}) == []
