"""One is never said to be several: "1 request", not "1 requests"."""

import re

import pytest

from sendtrail.plurals import counted
from tests.architecture.repository_copy import REPOSITORY

NOUNS = (
    "campaigns|contacts|requests|conversions|refunds|rows|answers|activities|reports|messages|links|orders|columns"
    "|users|accounts"
)
# A number that is put before a noun as it is, unless it is a constant or the noun belongs to a number after an "of".
BARE = re.compile(rf"(?<!of )\{{(?!counted)[a-z_][^{{}}]*\}} (?:new )?(?:{NOUNS})\b")
# Of these, no number can be one.
MANY = {
    "{len(places)} columns",
    "{number:,} campaigns",
    "{self._most} requests",
    "{configured.per_second:g} requests",
}
PRINTING = ("cli", "report", "activecampaign", "attribution", "erasure", "sync")


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 campaigns"), (1, "1 campaign"), (2, "2 campaigns"), (12_345, "12,345 campaigns")]
)
def test_a_number_has_the_noun_that_it_needs(number: int, text: str) -> None:
    """In thousands, too."""
    assert counted(number, "campaign") == text


def test_a_noun_may_have_its_own_plural() -> None:
    """And a verb that follows it."""
    assert [counted(each, "activity is", "activities are") for each in (1, 2)] == ["1 activity is", "2 activities are"]


def test_no_sentence_puts_a_number_before_a_plural_by_itself() -> None:
    """What people read writes its numbers with `counted`, which knows of one."""
    files = [file for folder in PRINTING for file in (REPOSITORY / "sendtrail" / folder).rglob("*.py")]
    found = {text for file in files for text in BARE.findall(file.read_text(encoding="utf-8"))}

    assert files
    assert found <= MANY
