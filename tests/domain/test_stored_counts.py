"""When all is stored that an account counts."""

import pytest

from sendtrail.domain.campaign_report import Report
from sendtrail.domain.stored_counts import SeenRows, StoredCounts, is_all_stored
from tests.fake_account import an_activity
from tests.fakes import NOON

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


@pytest.mark.parametrize(
    ("report", "rows", "times", "are_all"),
    [
        (Report.OPENS, 5, 9, True),
        (Report.OPENS, 5, 10, False),  # one that came while the report was read may stand for one that is missing
        (Report.OPENS, 6, 9, False),
        (Report.BOUNCES, 3, 3, True),
        (Report.BOUNCES, 2, 2, False),
        (Report.FORWARDS, 0, 0, False),  # their rows are not those that are counted
    ],
)
def test_rows_that_were_seen_are_compared_exactly(report: Report, rows: int, times: int, *, are_all: bool) -> None:
    """With the counters at the beginning of the reading."""
    assert SeenRows(rows=rows, times=times).are_all(report, {**BEFORE, "uniqueforwards": 0}) is are_all


def test_a_report_without_counters_is_never_seen_whole() -> None:
    """Nothing is counted, and nothing was seen."""
    assert not SeenRows().are_all(Report.OPENS, {})


def test_rows_are_added_page_by_page() -> None:
    """With the time of the latest, wherever it stands."""
    first, second = [an_activity(2), an_activity(1)], [an_activity(3)]

    seen = SeenRows().plus(first).plus(second).plus([])

    assert seen == SeenRows(rows=3, times=3, latest=max(each.activity_timestamp for each in first))
    assert seen.latest is not None
    assert seen.latest < NOON
