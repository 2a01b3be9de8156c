"""The version that the tests run beside today's: the last released one, without what its functions do not need."""

import subprocess
import tarfile
from pathlib import Path

import pytest

from deploy.bundles import REPOSITORY
from deploy.earlier_version import ARCHIVE, KEPT, changelog_of, keep, last_released


def test_the_archive_is_of_the_last_release() -> None:
    """`python -m deploy.earlier_version` renews it: RELEASING.md says when."""
    changelog = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")

    assert last_released(changelog_of(ARCHIVE)) == last_released(changelog)


@pytest.mark.parametrize(
    ("changelog", "version"),
    [
        ("# Changelog\n\n## Unreleased\n\n### Added\n", None),
        ("## Unreleased\n\n## 0.2.0 · 2026-12-01\n\n## 0.1.0 · 2026-11-28\n", "0.2.0"),
        ("## Unreleased\n\n## [1.10.0] - 2027-01-01\n", "1.10.0"),
    ],
)
def test_the_last_release_is_the_first_heading_of_a_version(changelog: str, version: str | None) -> None:
    """What is not released yet stands above it."""
    assert last_released(changelog) == version


def test_an_archive_holds_what_bundles_are_built_from(tmp_path: Path) -> None:
    """Of the revision, whatever has changed since; the command line is no part of it."""
    for path in (*KEPT, "sendtrail/cli", "tests"):
        folder = tmp_path / path if "." not in path else tmp_path
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ("file.py" if "." not in path else path)).write_text("released")
    _git(tmp_path, "init", "--quiet")
    _git(tmp_path, "add", "--all")
    _git(tmp_path, "-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "--quiet", "--message", "Release")
    (tmp_path / "CHANGELOG.md").write_text("changed since")

    keep("HEAD", repository=tmp_path, archive=tmp_path / "archive.tar.xz")

    with tarfile.open(tmp_path / "archive.tar.xz") as archive:
        held = {member.name for member in archive if member.isfile()}
    assert held == {path if "." in path else f"{path}/file.py" for path in KEPT}
    assert changelog_of(tmp_path / "archive.tar.xz") == "released"


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True)
