"""Pages that are fetched ahead come in their order, and no more of them than are wanted."""

import threading
from collections.abc import Callable
from contextlib import closing

import pytest

from sendtrail.activecampaign.v1.page_prefetch import PagePrefetch

WAIT_S = 5


class Fetches:
    """Fetches that each wait until they are let go; `begun` is the pages in the order in which they were begun."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self._gates: dict[int, threading.Event] = {}
        self._changed = threading.Condition()

    def __call__(self, page: int, is_wanted: Callable[[], bool]) -> str:
        """Fetch a page; the text tells whether it was still wanted at the end."""
        with self._changed:
            self.begun.append(page)
            gate = self._gates.setdefault(page, threading.Event())
            self._changed.notify_all()
        assert gate.wait(WAIT_S)
        return f"page {page}" if is_wanted() else "not wanted"

    def let_go(self, *pages: int) -> None:
        """Let pages be answered, now or once they are asked for."""
        with self._changed:
            for page in pages:
                self._gates.setdefault(page, threading.Event()).set()

    def wait_for(self, count: int) -> list[int]:
        """Return the pages that were begun, once there are so many."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.begun) >= count, WAIT_S)
            return sorted(self.begun)


def test_pages_come_in_order_however_they_are_answered() -> None:
    """The third is there first, and waits for the second."""
    fetches = Fetches()
    fetches.let_go(1, 3)
    with closing(PagePrefetch(fetches, first=1, window=lambda _: 3)) as pages:
        iterator = iter(pages)
        first = next(iterator)
        threading.Timer(0.05, fetches.let_go, [2]).start()

        assert [first, next(iterator), next(iterator)] == [(1, "page 1"), (2, "page 2"), (3, "page 3")]
        fetches.let_go(4, 5)


def test_the_first_page_is_fetched_alone() -> None:
    """So that all others are read later than it."""
    fetches = Fetches()
    fetches.let_go(7)
    with closing(PagePrefetch(fetches, first=7, window=lambda _: 4)) as pages:
        assert next(iter(pages)) == (7, "page 7")

        assert fetches.begun == [7]


def test_no_more_are_under_way_than_the_window_says() -> None:
    """Three here, and none from page 6 on but the next."""
    fetches = Fetches()
    fetches.let_go(1, 2)
    with closing(PagePrefetch(fetches, first=1, window=lambda page: 3 if page < 6 else 1)) as pages:
        iterator = iter(pages)
        assert [next(iterator)[0], next(iterator)[0]] == [1, 2]

        assert sorted(fetches.wait_for(4)) == [1, 2, 3, 4]  # two threads may begin in any order
        fetches.let_go(3, 4, 5)
        assert next(iterator)[0] == 3
        assert next(iterator)[0] == 4
        assert next(iterator)[0] == 5
        assert sorted(fetches.begun) == [1, 2, 3, 4, 5]


def test_what_was_fetched_ahead_is_read_again_when_it_cannot_be_used() -> None:
    """From the page after the last one that came."""
    fetches = Fetches()
    fetches.let_go(*range(1, 6))
    windows = iter([3, 3, 3, 3, 1, 1, 1, 1])
    with closing(PagePrefetch(fetches, first=1, window=lambda _: next(windows))) as pages:
        iterator = iter(pages)
        assert [next(iterator)[0], next(iterator)[0]] == [1, 2]
        begun = fetches.wait_for(3)

        pages.read_again()

        assert next(iterator) == (3, "page 3")
        assert fetches.begun.count(3) == begun.count(3) + 1


def test_an_error_comes_in_the_place_of_its_page() -> None:
    """What lies before it is not lost."""

    def fetch(page: int, _: Callable[[], bool]) -> int:
        if page == 3:
            raise OSError("broken")
        return page

    with closing(PagePrefetch(fetch, first=1, window=lambda _: 4)) as pages:
        iterator = iter(pages)

        assert [next(iterator), next(iterator)] == [(1, 1), (2, 2)]
        with pytest.raises(OSError, match="broken"):
            next(iterator)


def test_a_reader_that_stops_wants_nothing_more() -> None:
    """A request that has not left yet is not made."""
    fetches, answers = Fetches(), []

    def fetch(page: int, is_wanted: Callable[[], bool]) -> str:
        answers.append(fetches(page, is_wanted))
        return answers[-1]

    fetches.let_go(1, 2)
    pages = PagePrefetch(fetch, first=1, window=lambda _: 2)
    iterator = iter(pages)
    assert [next(iterator)[0], next(iterator)[0]] == [1, 2]
    fetches.wait_for(3)

    pages.close()
    fetches.let_go(3)

    for thread in threading.enumerate():
        if thread.name.startswith("page"):
            thread.join(WAIT_S)
    assert answers == ["page 1", "page 2", "not wanted"]
