"""The package stays small enough to be seen at a glance: few files at its top, few modules in a folder."""

from collections import Counter

from tests.architecture.repository_copy import REPOSITORY

PACKAGE = REPOSITORY / "sendtrail"
MAX_FILES_AT_THE_TOP = 10
MAX_MODULES = 15


def test_the_top_of_the_package_holds_few_files() -> None:
    """What has no folder of its own is used everywhere."""
    files = sorted(path.name for path in PACKAGE.glob("*.py"))

    assert len(files) <= MAX_FILES_AT_THE_TOP, files


def test_no_folder_holds_more_modules_than_fit_on_a_screen() -> None:
    """Beyond that, there are folders by concept."""
    modules = Counter(path.parent for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")
    crowded = {str(folder.relative_to(REPOSITORY)): n for folder, n in modules.items() if n > MAX_MODULES}

    assert PACKAGE in modules
    assert not crowded
