"""The sdist: what a wheel is built from, and nothing that happens to be in the folder."""

import shutil
import tarfile
from pathlib import Path, PurePath
from zipfile import ZipFile

import pytest

from deploy.bundles import REPOSITORY
from tests.packaging.conftest import build

FOLDERS = ("sendtrail", "sql")
# hatchling runs it when it builds the wheel.
HOOK = "deploy/package_page.py"
FILES = frozenset({"pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "PKG-INFO", ".gitignore"})
SUFFIXES = frozenset({".css", ".jinja", ".js", ".json", ".py", ".sql", ".txt", ".typed"})
PLANTED = (
    ".env",
    "build/dispatcher-1.zip",
    "deploy/credentials.json",
    "sendtrail-report.html",
    "sendtrail.duckdb",
    "sendtrail.duckdb.state",
    "conversions.csv",
    "sendtrail/report.html",
    "sendtrail/gcp/key.json",
    "sendtrail/orders.csv",
    "sendtrail/sync/dump.txt",
    "sql/views/notes.md",
    "tests/data/account.json",
    "terraform/terraform.tfstate",
)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of what is packaged, with files around it that are nobody's business."""
    copy = tmp_path_factory.mktemp("source")
    for folder in FOLDERS:
        shutil.copytree(REPOSITORY / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "deploy").mkdir()
    shutil.copy(REPOSITORY / HOOK, copy / HOOK)
    for name in FILES - {"PKG-INFO"}:
        shutil.copy(REPOSITORY / name, copy)
    for name in PLANTED:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text("secret")
    return copy


@pytest.fixture(scope="module")
def unpacked(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder in the sdist."""
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(build("sdist", source=source, folder=tmp_path_factory.mktemp("sdist"))) as archive:
        archive.extractall(folder, filter="data")
    (root,) = folder.iterdir()
    return root


def names_in(root: Path) -> set[str]:
    """Return the files below a folder."""
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_nothing_is_in_it_that_nobody_named(unpacked: Path) -> None:
    """Reports, builds, data and keys stay where they are."""
    names = names_in(unpacked)

    assert names & set(PLANTED) == set()
    strays = [name for name in names - FILES - {HOOK} if PurePath(name).parts[0] not in FOLDERS]
    assert strays == []
    assert {PurePath(name).suffix for name in names - FILES} <= SUFFIXES


def test_the_wheel_that_is_built_from_it_is_the_same(unpacked: Path, wheel: Path, tmp_path: Path) -> None:
    """An installation from the sdist lacks nothing."""
    rebuilt = build("wheel", source=unpacked, folder=tmp_path / "wheel")

    with ZipFile(rebuilt) as from_sdist, ZipFile(wheel) as from_checkout:
        assert sorted(from_sdist.namelist()) == sorted(from_checkout.namelist())
