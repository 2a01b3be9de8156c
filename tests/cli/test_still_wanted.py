"""What a run says of the wants that it goes on with."""

from datetime import UTC, datetime

import pytest

from sendtrail.cli.run.output.still_wanted import wanted_lines
from sendtrail.cli.settings.sync_settings import BEGINNING
from sendtrail.domain.wants import StillWanted

DAY = datetime(2019, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("want", "words"),
    [
        (StillWanted(since=DAY, again=False, campaigns=12), "everything since 2019-01-01 for 12 campaigns"),
        (StillWanted(since=BEGINNING, again=False, campaigns=1), "everything for 1 campaign;"),
        (StillWanted(since=DAY, again=True, campaigns=2), "everything since 2019-01-01, read again for 2 campaigns"),
        (StillWanted(since=None, again=True, campaigns=2_000), "where it was read to, read again for 2,000 campaigns"),
    ],
)
def test_what_is_still_wanted_is_a_line_with_the_way_out(want: StillWanted, words: str) -> None:
    """Somebody who asked by mistake learns how to stop it."""
    (line,) = wanted_lines([want])

    assert words in line
    assert "run this command with --drop-wants" in line


def test_a_run_of_some_campaigns_says_what_it_leaves() -> None:
    """It does not claim to go on with it."""
    (line,) = wanted_lines([], left=[StillWanted(since=BEGINNING, again=False, campaigns=3)])

    assert line.endswith("everything for 3 campaigns; a run without --campaign goes on with it.")


def test_nothing_is_said_where_nothing_is_wanted() -> None:
    """As in almost every run."""
    assert list(wanted_lines([])) == []
