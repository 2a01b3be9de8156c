"""One initialised workspace and one plan for all tests of a process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.terraform.plans import Plan, plan_of
from tests.terraform.workspace import Missing, Workspace, is_offline, new_workspace

# Of an installation that is applied.
VARIABLES = (
    "-var=project_id=example-project",
    '-var=accounts={acme={api_url="https://acme.api-us1.com"}}',
    "-var=bundles=tests/bundles/before",
    "-no-color",
)
REAL_PROVIDERS_NEED_A_PROJECT = "applying with the real providers needs a project of Google Cloud"


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a workspace that no test changes; skip without terraform or its providers, but fail in CI."""
    try:
        with _alone(tmp_path_factory.getbasetemp().parent / "terraform.lock"):
            return new_workspace(tmp_path_factory.mktemp("terraform"))
    except Missing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def plan(workspace: Workspace) -> Plan:
    """Return the plan for two accounts."""
    return plan_of(workspace)


@pytest.fixture(scope="session")
def plan_with_stored_views(workspace: Workspace) -> Plan:
    """Return the same plan with the views stored that are by default."""
    return plan_of(workspace, "-var=stored_views={}")


@pytest.fixture(scope="session")
def once(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a workspace that was applied and is left as it is."""
    if not is_offline():
        pytest.skip(REAL_PROVIDERS_NEED_A_PROJECT)
    copy = workspace.copy(tmp_path_factory.mktemp("apply") / "once")
    result = copy.run("apply", "-auto-approve", *VARIABLES)
    assert result.status == 0, result.output
    return copy


@pytest.fixture
def applied(once: Workspace, tmp_path: Path) -> Workspace:
    """Return a workspace that was applied and may be changed."""
    return once.copy(tmp_path / "applied")


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Keep other test processes out: the first to come may have to install what attaches the providers."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
