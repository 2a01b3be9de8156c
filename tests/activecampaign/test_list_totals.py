"""A full page may be the last where the account's totals have been proven lately."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from sendtrail.activecampaign.account_factory import AccountFactory
from tests.activecampaign.conftest import Serve
from tests.activecampaign.scripted_account import Received, Reply, a_connection, as_json
from tests.fakes import FakeClock, MemoryState

DAY = timedelta(days=1)
EXACTLY_TWO_PAGES = 200


class Lister:
    """Lists campaigns again and again, each time in a new process that shares the state alone."""

    def __init__(self, serve: Serve) -> None:
        self.clock = FakeClock()
        self._state, self._serve = MemoryState(self.clock), serve

    def listed(self, size: int, *, total: object) -> tuple[int, list[str]]:
        """Return how many campaigns are found of so many, and the offsets that were asked for."""
        account = self._serve(_pages(size, total=total))
        found = AccountFactory(self._state, self.clock).account(a_connection(account.url)).campaigns()
        return len(list(found)), [received.params["offset"] for received in account.received]


def _pages(size: int, *, total: object) -> Callable[[Received], Reply]:
    def answer(received: Received) -> Reply:
        start = int(received.params["offset"])
        rows = [{"id": str(number)} for number in range(size)[start : start + 100]]
        return as_json({"campaigns": rows, "meta": {"total": total}})

    return answer


@pytest.fixture
def lister(serve: Serve) -> Lister:
    """Return a lister whose account is not known."""
    return Lister(serve)


def test_a_total_that_was_proven_spares_the_page_past_the_end(lister: Lister) -> None:
    """The first list proves it, by an empty page; the next one believes it."""
    listed = [lister.listed(EXACTLY_TWO_PAGES, total="200") for _ in range(2)]

    assert listed == [(200, ["0", "100", "200"]), (200, ["0", "100"])]


def test_a_page_that_is_not_full_proves_the_total_of_longer_lists_too(lister: Lister) -> None:
    """One campaign more, and the last page is full."""
    lister.listed(199, total="199")

    assert lister.listed(EXACTLY_TWO_PAGES, total="200") == (200, ["0", "100"])


@pytest.mark.parametrize("total", [None, "0", "100", "200"])
def test_totals_that_were_never_right_spare_nothing(lister: Lister, total: object) -> None:
    """Nor does the count of the page itself; 200 is what an account says that stops counting there."""
    listed = [lister.listed(300, total=total) for _ in range(2)]

    assert [found for found, _ in listed] == [300, 300]


def test_a_short_list_proves_nothing_of_longer_ones(lister: Lister) -> None:
    """Of a single page the total may be the page's own count."""
    lister.listed(99, total="99")

    assert lister.listed(EXACTLY_TWO_PAGES, total="200")[1] == ["0", "100", "200"]


def test_an_account_that_ceases_to_be_truthful_is_found_out_within_a_day(lister: Lister) -> None:
    """It keeps its total in a cache, say, while campaigns are added; believing it meanwhile proves nothing anew."""
    lister.listed(EXACTLY_TWO_PAGES, total="200")
    found = []
    for _ in range(4):
        lister.clock.advance(DAY.total_seconds() / 4)
        found.append(lister.listed(205, total="200")[0])

    assert found == [200, 200, 200, 205]


def test_a_quiet_day_of_four_runs_asks_past_the_end_once(lister: Lister) -> None:
    """The price of the proof is a request a day, of lists that end with a full page."""
    lister.listed(EXACTLY_TWO_PAGES, total="200")
    requests = 0
    for _ in range(8):
        lister.clock.advance(DAY.total_seconds() / 4)
        requests += len(lister.listed(EXACTLY_TWO_PAGES, total="200")[1])

    assert requests == 2 * (4 * 2 + 1)


def test_a_clock_that_was_wrong_proves_nothing(lister: Lister) -> None:
    """What was proven in the future is proven again."""
    lister.clock.advance(DAY.total_seconds())
    lister.listed(EXACTLY_TWO_PAGES, total="200")
    lister.clock.advance(-DAY.total_seconds())

    assert lister.listed(EXACTLY_TWO_PAGES, total="200")[1] == ["0", "100", "200"]
