"""What a run says at its end of how far back the stored activities go."""

from datetime import datetime, timedelta

import pytest

from sendtrail.cli.run.output.reach import reach_of
from sendtrail.cli.settings.sync_settings import BEGINNING
from tests.fakes import NOON

WEEK = NOON - timedelta(days=7)
MONTH = NOON - timedelta(days=30)
LATELY, LONG_AGO = NOON - timedelta(days=2), NOON - timedelta(days=400)
MORE = "; run this command with --all for what is older."


@pytest.mark.parametrize(
    ("since", "sent_at", "words"),
    [
        ({1: BEGINNING, 2: BEGINNING}, {1: None, 2: LONG_AGO}, "everything of 2 campaigns."),
        ({1: WEEK}, {1: LATELY}, "everything of 1 campaign."),
        ({1: WEEK, 2: WEEK}, {1: LONG_AGO, 2: None}, "of 2 campaigns what happened since 2025-05-25" + MORE),
        ({1: WEEK, 2: WEEK}, {1: LATELY}, "of 1 of 2 campaigns what happened since 2025-05-25" + MORE),
        (
            {1: WEEK, 2: MONTH, 3: BEGINNING},
            {1: LONG_AGO, 2: LONG_AGO, 3: LONG_AGO},
            "of 2 of 3 campaigns what happened since a day between 2025-05-02 and 2025-05-25" + MORE,
        ),
        ({}, {}, "everything of 0 campaigns."),
    ],
)
def test_nobody_takes_the_last_days_for_everything(
    since: dict[int, datetime], sent_at: dict[int, datetime | None], words: str
) -> None:
    """A campaign that was sent since then has nothing that is older."""
    assert reach_of(since, sent_at=sent_at).sentence == f"Read so far: {words}"
