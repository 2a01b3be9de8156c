"""One initialised workspace and one plan for all tests of a process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.terraform.plans import Plan, plan_of
from tests.terraform.workspace import Missing, Workspace, new_workspace


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


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Keep other test processes out: the first to come may have to install what attaches the providers."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
