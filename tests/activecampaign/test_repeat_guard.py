"""The guard against an account that ignores `page`."""

from hypothesis import given
from hypothesis import strategies as st

from sendtrail.activecampaign.v1.repeat_guard import RepeatGuard, Sighting


def sights(*contents: str, first: int = 1) -> list[Sighting]:
    """Return what each page was taken for."""
    memory = RepeatGuard()
    return [memory.observe(page, content) for page, content in enumerate(contents, start=first)]


def test_pages_that_differ_are_new() -> None:
    """An ordinary report repeats nothing."""
    assert sights("a", "b", "c") == [Sighting.NEW] * 3


def test_the_last_page_may_come_again() -> None:
    """Rows that have moved down by just a page repeat one."""
    assert sights("a", "b", "b", "c") == [Sighting.NEW, Sighting.NEW, Sighting.LIKE_LAST, Sighting.NEW]


def test_a_page_three_times_in_a_row_is_stuck() -> None:
    """That is no shift any more."""
    assert sights("a", "b", "b", "b")[-1] is Sighting.STUCK


def test_the_first_page_is_recognised_wherever_it_comes_again() -> None:
    """Right after itself, or later."""
    assert sights("a", "a")[-1] is Sighting.LIKE_FIRST
    assert sights("a", "b", "a")[-1] is Sighting.LIKE_FIRST


def test_a_reading_taken_up_again_knows_no_first_page() -> None:
    """Only its own pages can tell."""
    assert sights("a", "a", "a", first=4) == [Sighting.NEW, Sighting.LIKE_LAST, Sighting.STUCK]


@given(pages=st.lists(st.integers(), unique=True), first=st.integers(1, 9))
def test_pages_that_all_differ_are_never_suspected(pages: list[int], first: int) -> None:
    """However many there are, and wherever the reading begins."""
    assert set(sights(*map(str, pages), first=first)) <= {Sighting.NEW}
