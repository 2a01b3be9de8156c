"""What the pages of a report say of those to come."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.domain.report_habits import (
    BORDERS_NEEDED,
    ENDS_NEEDED,
    MAX_DOUBLINGS,
    SIZES_KEPT,
    ReportHabits,
    borders_needed,
    with_border,
    with_end,
    with_page,
)

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)


def after_list(habits: ReportHabits, *pages: int, now: datetime = NOON) -> ReportHabits:
    """Return the habits after a list with pages of these lengths."""
    for page, followed in zip(pages, (0, *pages), strict=False):
        habits = with_page(habits, page, followed=followed, now=now)
    return habits


@pytest.mark.parametrize("size", [10, 20, 25, 50, 100])
def test_a_page_is_full_where_it_is_as_long_as_those_that_others_followed(size: int) -> None:
    """Whatever the usual size is."""
    habits = after_list(ReportHabits(), size, size, 3)

    assert (habits.is_full(size - 1), habits.is_full(size)) == (False, True)
    assert habits.is_certainly_whole(size - 1)
    assert habits.page_size == size


def test_nothing_is_certain_before_a_page_was_followed() -> None:
    """Twenty rows may always be a page, as may ten where no longer one was seen."""
    habits = after_list(ReportHabits(), 12)

    assert [habits.is_full(rows) for rows in (9, 11, 12, 20, 50)] == [False, False, True, True, True]
    assert not habits.is_certainly_whole(3)


@given(lengths=st.lists(st.integers(1, 60), min_size=2, max_size=6))
def test_where_pages_were_uneven_any_may_be_followed(lengths: list[int]) -> None:
    """Rows are left out of them."""
    habits = after_list(ReportHabits(), *lengths, 1)

    followed = set(lengths)
    assert habits.is_regular == (len(followed) == 1 and not max(followed) % 5)
    assert habits.is_full(1) == (not habits.is_regular or followed == {1})


def test_another_size_is_believed_in_the_end() -> None:
    """An account that changed it is uneven for a month, and no longer."""
    before = after_list(ReportHabits(), 20, 20, 3, now=NOON)
    after = after_list(before, 50, 50, 3, now=NOON + timedelta(days=1))

    assert not after.is_regular
    assert after_list(after, 50, 7, now=NOON + SIZES_KEPT + timedelta(days=2)).is_certainly_whole(49)


def test_a_longest_page_is_believed_not_to_be_full_after_some_ends() -> None:
    """And no longer once a longer one was seen."""
    habits = after_list(ReportHabits(), 12)
    for _ in range(ENDS_NEEDED):
        assert habits.is_full(12)
        habits = with_end(habits, 12)

    assert not habits.is_full(12)
    assert after_list(habits, 14).is_full(14)


@pytest.mark.parametrize("rows", [9, 11, 20])
def test_other_ends_tell_nothing_of_the_size(rows: int) -> None:
    """Those of shorter lists, of very short ones, and of pages that may be full anyway."""
    habits = after_list(ReportHabits(), max(rows, 12))

    assert with_end(habits, rows) == habits


def test_an_order_is_relied_on_after_it_was_seen_for_some_time() -> None:
    """And each disorder doubles that time."""
    habits = ReportHabits()
    for disorders in range(3):
        for _ in range(BORDERS_NEEDED * 2**disorders):
            assert not habits.is_newest_first
            habits = with_border(habits, is_in_order=True)
        assert habits.is_newest_first
        habits = with_border(habits, is_in_order=False)


def test_what_is_relied_on_is_not_counted_any_further() -> None:
    """Nothing has to be stored for each page."""
    habits = ReportHabits(borders_in_order=BORDERS_NEEDED)

    assert with_border(habits, is_in_order=True) is habits


def test_disorder_has_a_bound() -> None:
    """An account in no order is not written about for ever."""
    habits = ReportHabits(disorders=MAX_DOUBLINGS)

    assert with_border(habits, is_in_order=False) == habits
    assert borders_needed(1_000) == borders_needed(MAX_DOUBLINGS)
