"""The real terraform accepts the configuration."""

import pytest

from tests.terraform.workspace import REPOSITORY, Workspace

TESTS = sorted(file.name for file in (REPOSITORY / "terraform" / "tests").glob("*.tftest.hcl"))


def test_formatted(workspace: Workspace) -> None:
    """Every file is as `terraform fmt` leaves it."""
    result = workspace.run("fmt", "-check", "-diff", "-recursive")

    assert result.status == 0, result.output


def test_valid(workspace: Workspace) -> None:
    """Every argument, block and reference is one that the provider knows."""
    result = workspace.run("validate", "-no-color")

    assert result.status == 0, result.output


@pytest.mark.parametrize("file", TESTS)
def test_promises_hold(workspace: Workspace, file: str) -> None:
    """Every `terraform test` passes."""
    result = workspace.run("test", "-no-color", f"-filter=tests/{file}")

    assert result.status == 0, result.output
    assert "Success!" in result.output
