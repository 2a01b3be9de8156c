"""The requirements of the functions and of the image: what they need of `requirements.lock`, with its pins and hashes.

`python -m deploy.requirements` prints those of the image, which the Dockerfile installs.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# The project's own dependencies that only the command and the adapters of one machine use.
LOCAL_ONLY = frozenset({"duckdb", "rich", "sqlglot", "typer"})
PROJECT = "sendtrail"
# What the functions need; metrics are sent where Terraform names a collector.
EXTRAS = frozenset({"gcp", "metrics"})
# What a machine that syncs by itself needs: no account is simulated on it.
IMAGE_EXTRAS = frozenset({"attribution", "metrics", "notify", "report"})

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==")


def function_requirements(lock: str) -> str:
    """Return the part of a lock file that the functions need, as installed here: the lock is the environment's own."""
    return _part(lock, _roots())


def image_requirements(lock: str) -> str:
    """Return the part of a lock file that the image needs, as installed here."""
    return _part(lock, _requirements(PROJECT, IMAGE_EXTRAS))


def _part(lock: str, roots: Iterable[Requirement]) -> str:
    needed = closure(roots)
    blocks = _blocks(lock)
    missing = sorted(needed - blocks.keys())
    if missing:
        raise LookupError(f"requirements.lock does not pin {', '.join(missing)}: run make lock")
    return "".join(blocks[name] for name in sorted(needed))


def _roots() -> Iterator[Requirement]:
    for requirement in _requirements(PROJECT, EXTRAS):
        if canonicalize_name(requirement.name) not in LOCAL_ONLY:
            yield requirement


def closure(roots: Iterable[Requirement]) -> set[str]:
    """Return the names of these packages and of all that they need here."""
    waiting, seen = list(roots), set[tuple[str, frozenset[str]]]()
    while waiting:
        requirement = waiting.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key not in seen:
            seen.add(key)
            waiting.extend(_requirements(*key))
    return {name for name, _ in seen}


def _requirements(name: str, extras: Iterable[str]) -> Iterator[Requirement]:
    """Yield what a package needs on this platform; nothing where it is not installed, which the lock then shows."""
    try:
        lines = requires(name) or []
    except PackageNotFoundError:
        lines = []
    for line in lines:
        requirement = Requirement(line)
        if requirement.marker is None or any(requirement.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield requirement


def _blocks(lock: str) -> Mapping[str, str]:
    """Return the lines of each package, its hashes included, by its name."""
    blocks: dict[str, str] = {}
    name = ""
    for line in lock.splitlines(keepends=True):
        if match := _PIN.match(line):
            name = canonicalize_name(match["name"])
        if name and not line.startswith("#"):
            blocks[name] = blocks.get(name, "") + line
    return blocks


if __name__ == "__main__":
    sys.stdout.write(image_requirements(Path("requirements.lock").read_text(encoding="utf-8")))
