"""docs/troubleshooting.md quotes what the program says."""

import re

import pytest

from tests.documentation.pages import REPOSITORY, text

QUOTED = re.findall(r'^\| "([^"]+)"', text("docs/troubleshooting.md"), re.MULTILINE)
SOURCE = " ".join(path.read_text(encoding="utf-8") for path in sorted((REPOSITORY / "sendtrail").rglob("*.py")))
# A sentence may be in two literals, one below the other.
JOINED = re.sub(r'"\s+f?"', "", SOURCE)


def test_the_page_quotes_sentences() -> None:
    """So the pattern that finds them does."""
    assert len(QUOTED) > 10


@pytest.mark.parametrize("sentence", QUOTED)
def test_a_sentence_that_is_quoted_is_said(sentence: str) -> None:
    """In the code, as it is now."""
    assert sentence in JOINED
