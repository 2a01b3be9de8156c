"""A copy of the packages in which a line can be planted, and what `lint-imports` says of it."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
PYPROJECT = REPOSITORY / "pyproject.toml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What `lint-imports` says: the names of the contracts that are broken, and all of its text."""

    broken: frozenset[str]
    text: str


@dataclass(frozen=True, slots=True)
class RepositoryCopy:
    """Every root package of the contracts, in a folder of its own."""

    folder: Path

    @contextmanager
    def planted(self, file: str, line: str) -> Iterator[None]:
        """Put a line at the end of a file, made where there is none, for as long as the block runs."""
        path = self.folder / file
        before = path.read_text(encoding="utf-8") if path.exists() else None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
        try:
            yield
        finally:
            if before is None:
                path.unlink()
            else:
                path.write_text(before, encoding="utf-8")

    def lint(self) -> Verdict:
        """Check the contracts on the copy."""
        run = subprocess.run(
            [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        text = run.stdout + run.stderr
        broken = frozenset(name for name in contracts() if re.search(rf"^{re.escape(name)} BROKEN", text, re.MULTILINE))
        assert bool(broken) == (run.returncode != 0), text
        return Verdict(broken=broken, text=text)


def copy_repository(folder: Path) -> RepositoryCopy:
    """Copy the root packages and the contracts into a folder."""
    for package in _import_linter()["root_packages"]:
        shutil.copytree(REPOSITORY / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PYPROJECT, folder)
    return RepositoryCopy(folder)


def contracts() -> list[str]:
    """Return the names of the contracts."""
    return [contract["name"] for contract in _import_linter()["contracts"]]


def layers() -> list[str]:
    """Return the top-level modules of `sendtrail`, the highest layer first, as the contract names them."""
    [contract] = [each for each in _import_linter()["contracts"] if each.get("containers") == ["sendtrail"]]
    return [module.strip() for layer in contract["layers"] for module in layer.split("|")]


def _import_linter() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"]["importlinter"]
    return found
