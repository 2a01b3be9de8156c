"""What `sendtrail plan` prints."""

import pytest

from sendtrail.cli.plan import shown_duration


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 s"),
        (4.6, "5 s"),
        (59.6, "1 min"),
        (719, "11 min"),
        (4_800, "1 h 20 min"),
        (3_600, "1 h 00 min"),
        (1e30, "more than 10 years"),
        (float("inf"), "more than 10 years"),
        (3 * 86_400 + 4 * 3_600 + 59 * 60, "3 d 04 h"),
    ],
)
def test_a_duration_is_shown_as_a_person_reads_it(seconds: float, expected: str) -> None:
    """Two units at most, the larger first."""
    assert shown_duration(seconds) == expected
