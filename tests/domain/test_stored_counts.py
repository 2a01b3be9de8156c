"""When all is stored that an account counts."""

import pytest

from sendtrail.domain.campaign_report import Report
from sendtrail.domain.stored_counts import StoredCounts, is_all_stored

BEFORE = {"opens": 9, "uniqueopens": 5, "linkclicks": 7, "uniquelinkclicks": 4, "hardbounces": 2, "softbounces": 1,
          "unsubscribes": 3}  # fmt: skip
NOW = {**BEFORE, "opens": 12, "uniqueopens": 6}


@pytest.mark.parametrize(
    ("report", "rows", "times", "is_proven"),
    [
        (Report.OPENS, 5, 9, True),
        (Report.OPENS, 6, 11, True),  # some came between the counters and the rows
        (Report.OPENS, 5, 8, False),  # a repeat is missing
        (Report.OPENS, 4, 9, False),  # a contact is missing
        (Report.OPENS, 6, 13, False),  # more than was ever counted: the two cannot be compared
        (Report.CLICKS, 4, 7, True),
        (Report.CLICKS, 4, 6, False),
        (Report.BOUNCES, 3, 3, True),
        (Report.BOUNCES, 2, 2, False),
        (Report.UNSUBSCRIBES, 3, 3, True),
        (Report.UNSUBSCRIBES, 4, 4, False),
    ],
)
def test_rows_and_repeats_are_compared_with_the_counters(
    report: Report, rows: int, times: int, *, is_proven: bool
) -> None:
    """With those of the last sync and those of today."""
    assert is_all_stored(report, StoredCounts(rows=rows, times=times), before=BEFORE, now=NOW) is is_proven


@pytest.mark.parametrize("unknown", ["opens", "uniqueopens"])
def test_a_counter_that_is_unknown_proves_nothing(unknown: str) -> None:
    """Neither then nor now."""
    known = {name: value for name, value in BEFORE.items() if name != unknown}
    stored = StoredCounts(rows=5, times=9)

    proofs = [is_all_stored(Report.OPENS, stored, before=a, now=b) for a, b in ((known, BEFORE), (BEFORE, known))]
    assert proofs == [False, False]
