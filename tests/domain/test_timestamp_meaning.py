"""What the time of a row means is learnt from rows whose counts grew."""

import pytest

from sendtrail.domain.campaign_report import Report
from sendtrail.domain.timestamp_meaning import TimestampEvidence, TimestampMeaning, standing_rows, timestamp_meaning


@pytest.mark.parametrize(
    ("moved", "stood", "meaning"),
    [
        (0, 0, TimestampMeaning.UNKNOWN),
        (19, 0, TimestampMeaning.UNKNOWN),
        (20, 0, TimestampMeaning.LAST),
        (100, 5, TimestampMeaning.LAST),  # two opens within a second
        (0, 20, TimestampMeaning.FIRST),
        (50, 50, TimestampMeaning.UNKNOWN),
    ],
)
def test_evidence_leads_to_a_meaning(moved: int, stood: int, meaning: TimestampMeaning) -> None:
    """Little of it, or a contradiction, leads to none."""
    assert timestamp_meaning(TimestampEvidence(moved=moved, stood=stood)) is meaning


def test_rows_stand_until_they_are_known_to_move() -> None:
    """Reading deeper than necessary loses nothing; too little does."""
    meanings = {Report.OPENS: TimestampMeaning.LAST, Report.CLICKS: TimestampMeaning.FIRST}

    assert standing_rows(meanings) == (Report.CLICKS,)
    assert standing_rows({}) == (Report.OPENS, Report.CLICKS)
