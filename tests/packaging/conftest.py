"""The wheel, built once, and the environments that it is installed into."""

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.bundles import REPOSITORY
from tests.packaging.environments import PATIENCE_S, Environment, environment


def build(target: str, *, source: Path, folder: Path) -> Path:
    """Build the wheel or the sdist of a source tree into a folder and return it."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=PATIENCE_S)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the wheel of this source tree."""
    return build("wheel", source=REPOSITORY, folder=tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Give an environment without any extra."""
    return environment(tmp_path_factory.mktemp("bare"), wheel=wheel)


@pytest.fixture(scope="session")
def complete(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Give an environment with the report and the simulator."""
    return environment(tmp_path_factory.mktemp("complete"), wheel=wheel, extras="[report,simulator]")
