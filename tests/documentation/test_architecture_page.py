"""docs/architecture.md: it names every folder, draws the layers as they are, and points at what is there."""

import re

import pytest

from tests.architecture.repository_copy import layers
from tests.documentation.pages import REPOSITORY, text

PAGE = text("docs/architecture.md")
FOLDERS = sorted(
    f"{path.parent.relative_to(REPOSITORY).as_posix()}/" for path in (REPOSITORY / "sendtrail").rglob("__init__.py")
)
TOP = ("benchmarks", "campaign_worker", "contacts_worker", "deploy", "dispatcher", "docs", "sql", "terraform", "tests")
DESCRIBED = re.findall(r"^\| `([\w/]+/)` \|", PAGE, re.MULTILINE)


@pytest.mark.parametrize("folder", [*FOLDERS, *(f"{name}/" for name in TOP)])
def test_every_folder_has_its_line(folder: str) -> None:
    """In the table of the folders."""
    assert DESCRIBED.count(folder) == 1


@pytest.mark.parametrize("folder", DESCRIBED)
def test_every_line_is_a_folder(folder: str) -> None:
    """None is left over from an older layout."""
    assert (REPOSITORY / folder).is_dir()


def test_the_picture_shows_the_layers_of_the_contract() -> None:
    """All of them, from the highest to the lowest."""
    picture = PAGE.partition("```text\n")[2].partition("```")[0]
    inside = picture.partition("\n ─")[2]
    drawn = [
        name for line in inside.splitlines()[1:] for name in re.findall(r"\w+", re.split(r"\s{4,}", line.strip())[0])
    ]

    assert drawn == layers()
