"""CONTRIBUTING.md: every error has its line in the table."""

import re

from sendtrail import errors
from tests.documentation.pages import text

SECTION = text("CONTRIBUTING.md").partition("## Which error do I raise where")[2].partition("\n## ")[0]
NAMED = re.findall(r"^\|[^|]*\|[^|`]*`(\w+)`", SECTION, re.MULTILINE)


def test_every_error_is_in_the_table_once() -> None:
    """A new one needs a situation, and a caller that knows what to do."""
    defined = [
        name
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.SendtrailError)
    ]

    assert sorted(NAMED) == sorted(defined)
