"""Reports that are begun together come one after the other."""

import threading
from collections.abc import Iterator
from functools import partial

import pytest

from sendtrail.sync.prefetch import MAX_PREFETCHED, prefetched

WAIT_S = 60  # far beyond what a busy machine takes


def test_reports_come_in_their_order_and_whole() -> None:
    """Empty ones too, and more of them than are begun at once."""
    lists = [list(range(size)) for size in (3, 0, 1, 7, 2, 0, 4, 5)]

    found = [list(items) for items in prefetched([partial(iter, items) for items in lists])]

    assert found == lists


def test_the_first_pages_are_fetched_together() -> None:
    """Each waits for all the others here."""
    together = threading.Barrier(MAX_PREFETCHED, timeout=WAIT_S)

    def report(number: int) -> Iterator[int]:
        together.wait()
        yield number

    found = [list(items) for items in prefetched([partial(report, number) for number in range(MAX_PREFETCHED)])]

    assert found == [[number] for number in range(MAX_PREFETCHED)]


def test_an_error_comes_in_the_place_of_its_report() -> None:
    """What lies before it is there, however early it was known."""

    def broken() -> Iterator[int]:
        yield from ()
        raise OSError("broken")

    reports = prefetched([lambda: iter([1, 2]), broken])

    assert list(next(reports)) == [1, 2]
    with pytest.raises(OSError, match="broken"):
        list(next(reports))
