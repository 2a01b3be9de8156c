"""When the opens need not be read to their end."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.activecampaign.v1.early_stop import after_page, is_complete
from sendtrail.domain.campaign_report import SLACK, ReportCursor

NOW = datetime(2025, 11, 5, 12, tzinfo=UTC)
SINCE = NOW - timedelta(days=3)
PAGE = 5

minutes_ago = st.integers(min_value=0, max_value=14 * 24 * 60)
# How far a shown time may be from the one that the account sorts by: an hour, where a clock was put back.
shown_later = st.sampled_from([0, 0, 0, 60])


def hours_ago(*hours: float) -> list[datetime]:
    """Return times."""
    return [NOW - timedelta(hours=ago) for ago in hours]


def pages_read(rows: Sequence[datetime], *, arrivals: Sequence[int] = ()) -> list[datetime]:
    """Read a list page by page until it is complete; before page n + 1, `arrivals[n]` rows move to its top."""
    live, seen, position = list(rows), list[datetime](), ReportCursor()
    coming = iter(arrivals)
    while page := live[(position.page - 1) * PAGE : position.page * PAGE]:
        seen += page
        position = after_page(position, page)
        if is_complete(position, since=SINCE):
            break
        live = [NOW] * next(coming, 0) + live
    return seen


@given(ago=st.lists(st.tuples(minutes_ago, shown_later), max_size=60), arrivals=st.lists(st.integers(0, 7), max_size=9))
def test_no_row_since_is_missed_in_a_list_that_is_newest_first(ago: list[tuple[int, int]], arrivals: list[int]) -> None:
    """However the rows shift while they are read, and though an hour is there twice, every row since is read."""
    rows = [NOW - timedelta(minutes=sorted_by - later) for sorted_by, later in sorted(ago)]

    seen = pages_read(rows, arrivals=arrivals)

    assert {row for row in rows if row >= SINCE} <= set(seen)


@given(ago=st.lists(minutes_ago, max_size=60))
def test_no_row_is_missed_in_a_list_that_is_oldest_first(ago: list[int]) -> None:
    """An account that ignores the order asked for is read to its end."""
    rows = [NOW - timedelta(minutes=minutes) for minutes in sorted(ago, reverse=True)]

    assert pages_read(rows) == rows


@given(ago=st.lists(minutes_ago, max_size=60), data=st.data())
def test_disorder_that_shows_is_never_forgotten(ago: list[int], data: st.DataObject) -> None:
    """Once a row was later than one before it by more than the tolerance, no later page makes up for it."""
    first = hours_ago(100, 100 - 2.1)
    position = after_page(ReportCursor(), first)
    rest = [NOW - timedelta(minutes=minutes) for minutes in sorted(ago)]
    cut = data.draw(st.integers(0, len(rest)))

    for page in (rest[:cut], rest[cut:]):
        position = after_page(position, page or hours_ago(200, 201))

    assert not is_complete(position, since=SINCE)


PROOFS = {
    "newest first, and older than since by more than the tolerance": (hours_ago(71, 72, 74.1), True),
    "newest first, but within the tolerance": (hours_ago(71, 72, 73.9), False),
    "newest first, with one row of the hour that is there twice": (
        hours_ago(71, 72, 73, 74, 75, 74.5, 76, 77),
        True,
    ),
    "all at once, which proves no order": (hours_ago(80, 80, 80), False),
    "a single row, which proves no order": (hours_ago(80), False),
    "oldest first": (hours_ago(82, 81, 80), False),
    "shuffled within the tolerance": (hours_ago(80, 81, 80.5, 81.2, 80.2, 81), False),
    "shuffled": (hours_ago(80, 99, 85, 120), False),
}


@pytest.mark.parametrize("name", PROOFS)
def test_a_page_is_a_proof_or_not(name: str) -> None:
    """What a first page shows decides whether the rest has to be read."""
    times, proof = PROOFS[name]

    assert is_complete(after_page(ReportCursor(), times), since=SINCE) is proof


def test_pages_that_creep_upwards_are_no_proof() -> None:
    """Each page goes down and each begins within the tolerance of the last, and yet the list goes up."""
    position = ReportCursor()

    for start in (90, 89, 88, 87, 86):
        position = after_page(position, hours_ago(start, start + 0.5, start + 1))

    assert not is_complete(position, since=SINCE)


def test_nothing_is_complete_before_it_was_read() -> None:
    """A position without a row says nothing about those to come."""
    assert not is_complete(ReportCursor(), since=NOW + SLACK * 2)
