"""Environments with nothing in them but a wheel and what it needs, made from what is installed here: no network."""

import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

from deploy.requirements import closure

PATIENCE_S = 100


@dataclass(frozen=True, kw_only=True)
class Environment:
    """A Python environment, and an empty folder to run its commands in."""

    folder: Path
    workplace: Path

    def command(self, *arguments: str) -> list[str]:
        """Return a command line of the installed `sendtrail`."""
        return [str(self.folder / "bin" / "sendtrail"), *arguments]

    @property
    def variables(self) -> dict[str, str]:
        """Return the environment variables of its commands: none of the developer's."""
        return {"PATH": os.defpath, "HOME": str(self.workplace), "COLUMNS": "200"}

    def run(self, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Run `sendtrail` to its end."""
        return subprocess.run(
            self.command(*arguments),
            cwd=self.workplace,
            env={**self.variables, **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )


def environment(folder: Path, *, wheel: Path, extras: str = "") -> Environment:
    """Make an environment that holds a wheel, its dependencies and those of some extras, such as "[report]"."""
    venv.EnvBuilder(symlinks=True, with_pip=True).create(folder)
    for name in sorted(closure([Requirement(f"sendtrail{extras}")]) - {"sendtrail"}):
        _link(name, folder / Path(sysconfig.get_path("purelib")).relative_to(sys.prefix))
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(pip, check=True, capture_output=True, timeout=PATIENCE_S)
    workplace = folder / "workplace"
    workplace.mkdir()
    return Environment(folder=folder, workplace=workplace)


def _link(name: str, site: Path) -> None:
    """Link what a distribution has installed here into another environment; its scripts stay where they are."""
    installed = distribution(name)
    for top in {file.parts[0] for file in installed.files or () if file.parts[0] not in ("..", "__pycache__")}:
        target = Path(str(installed.locate_file(top)))
        if not (site / top).exists():
            (site / top).symlink_to(target)
