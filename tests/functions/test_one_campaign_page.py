"""docs/one-campaign.md names the functions that a campaign passes through, and they are there."""

import ast
import re
from collections.abc import Sequence

import pytest

from tests.functions.instance import REPOSITORY

PAGE = (REPOSITORY / "docs" / "one-campaign.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`((?:sendtrail|dispatcher|campaign_worker|contacts_worker)(?:\.\w+)+)`", PAGE)))
FILES = sorted(set(re.findall(r"`((?:terraform|sql)/[\w/.]+)`", PAGE)))


@pytest.mark.parametrize("name", NAMED)
def test_what_the_page_names_is_in_the_code(name: str) -> None:
    """A function, a class, or a method of one."""
    parts = name.split(".")
    files = [(REPOSITORY / "/".join(parts[:depth])).with_suffix(".py") for depth in range(len(parts) + 1)]
    depth, file = next((depth, file) for depth, file in enumerate(files) if file.is_file())

    assert is_defined(parts[depth:], ast.parse(file.read_text(encoding="utf-8")).body)


def is_defined(names: Sequence[str], body: Sequence[ast.stmt]) -> bool:
    """Tell whether a path of names leads to a definition in a module's body."""
    if not names:
        return True
    definitions = {each.name: each.body for each in body if isinstance(each, ast.FunctionDef | ast.ClassDef)}
    return names[0] in definitions and is_defined(names[1:], definitions[names[0]])


@pytest.mark.parametrize("path", FILES)
def test_files_that_the_page_names_are_there(path: str) -> None:
    """In the repository."""
    assert (REPOSITORY / path).is_file()
