"""A copy of `terraform/` and what it reads, to run the real terraform in, with or without a network."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
# Attaches schema-only providers to terraform where there is no network to fetch the real ones from.
OFFLINE = REPOSITORY.parent / "shared" / "terraform-offline" / "with-google-provider"
INSPECT = Path(__file__).with_name("inspect.tftest.hcl")
# The same for a configuration that needs no variables.
AS_IT_IS = Path(__file__).with_name("as_it_is.tftest.hcl")
BUNDLES = "terraform/tests/bundles/before"
# What belongs to whoever deploys from this checkout, and what checkov would read unasked.
LEFT_OUT = shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.tfvars", ".checkov.yaml")


class Missing(Exception):
    """Something that these tests need is not on this machine."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """How a command ended: its exit status and all that it wrote."""

    status: int
    output: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Workspace:
    """A folder with copies of `terraform/` and `sql/` and with bundles; commands run in its root module."""

    folder: Path
    module: str = "terraform"

    @property
    def root(self) -> Path:
        """Return the folder of the root module."""
        return self.folder / self.module

    def run(self, *command: str) -> Result:
        """Run terraform with a command's words and return how it ended."""
        prefix: Sequence[str] = (str(OFFLINE), str(self.root)) if is_offline() else ()
        done = subprocess.run(
            [*prefix, "terraform", *command],
            cwd=self.root,
            env={**os.environ, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
        return Result(status=done.returncode, output=done.stdout + done.stderr)

    def copy(self, folder: Path) -> "Workspace":
        """Return a workspace that can be changed without changing this one."""
        shutil.copytree(self.folder, folder, symlinks=True, ignore=shutil.ignore_patterns(".terraform"))
        (folder / "terraform" / ".terraform").symlink_to(self.root / ".terraform")
        return Workspace(folder=folder)

    def add_view(self, name: str, query: str) -> None:
        """Add a view to the copy of `sql/`."""
        folder = self.folder / "sql" / name
        folder.mkdir()
        (folder / "view.sql").write_text(query, encoding="utf-8")

    def replace(self, file: str, before: str, after: str) -> None:
        """Change a text that stands in a file."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        if before not in text:
            raise ValueError(f"{file} does not say {before!r}")
        path.write_text(text.replace(before, after), encoding="utf-8")


def is_offline() -> bool:
    """Tell whether schema-only providers are at hand; they are taken before the real ones."""
    return OFFLINE.exists()


def new_workspace(folder: Path) -> Workspace:
    """Return a workspace in an empty folder; raise Missing where terraform or its providers cannot be had."""
    if shutil.which("terraform") is None:
        raise Missing("there is no terraform on PATH: https://developer.hashicorp.com/terraform/install")
    for name in ("terraform", "sql"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=LEFT_OUT)
    shutil.copytree(REPOSITORY / BUNDLES, folder / "build")
    workspace = Workspace(folder=folder)
    shutil.copy(INSPECT, workspace.root / "tests")
    return _initialised(workspace)


def other_root(workspace: Workspace, module: str) -> Workspace:
    """Return a workspace with another folder of it as its root module, of which the tests can read a plan."""
    other = Workspace(folder=workspace.folder, module=module)
    use_its_own_variables(other)
    return _initialised(other)


def use_its_own_variables(workspace: Workspace) -> None:
    """Have the plan that the tests read be that of the configuration itself, without variables of the tests."""
    (workspace.root / "tests").mkdir(exist_ok=True)
    shutil.copy(AS_IT_IS, workspace.root / "tests" / INSPECT.name)


def _initialised(workspace: Workspace) -> Workspace:
    initialised = workspace.run("init", "-backend=false", "-no-color")
    if initialised.status != 0:
        raise Missing(f"terraform init found no providers, neither {OFFLINE} nor a registry:\n{initialised.output}")
    return workspace


def lines_of(result: Result) -> list[dict[str, object]]:
    """Return the JSON objects, one a line, that a command wrote; other lines are left out."""
    return [json.loads(line) for line in result.output.splitlines() if line.startswith("{")]
