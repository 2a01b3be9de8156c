"""Subject lines as the account writes them, and as people see them."""

import pytest

from sendtrail.activecampaign.v3.subject_lines import MAX_SUBJECT, subject_line


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Cups &amp; saucers &#8211; 20&nbsp;% off", "Cups & saucers \N{EN DASH} 20 % off"),
        ("新しい茶碗 🍵 %FIRSTNAME%", "新しい茶碗 🍵 %FIRSTNAME%"),
        ("خصم الصيف", "خصم الصيف"),
        ("Two\r\n lines\tand a tab ", "Two lines and a tab"),
        ("R&D; AT&T; a&copy=b", "R&D; AT&T; a&copy=b"),
        ("half an emoji \ud83d", "half an emoji ?"),
        (None, ""),
        (["a list"], ""),
        ("x" * 5_000, "x" * MAX_SUBJECT),
    ],
)
def test_a_subject_line_is_what_people_see(written: object, shown: str) -> None:
    """On one line and without entities, in any script; what is no text is no subject line."""
    assert subject_line(written) == shown
