"""A full page is the last where the rows are those of the proven end, newest first."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from sendtrail.activecampaign.account_factory import AccountFactory
from tests.activecampaign.conftest import Serve
from tests.activecampaign.scripted_account import Received, Reply, a_connection, as_json
from tests.fakes import FakeClock, MemoryState

HOUR_S = 3_600
TWO_PAGES = tuple(range(1, 201))
ALL_OFFSETS = ["0", "100", "200"]


class Lister:
    """Lists campaigns again and again, each time in a new process that shares the state alone."""

    def __init__(self, serve: Serve) -> None:
        self.clock = FakeClock()
        self._state, self._serve = MemoryState(self.clock), serve

    def listed(
        self, ids: Sequence[int], *, total: object, answer: Callable[..., Callable[[Received], Reply]] | None = None
    ) -> tuple[list[int], list[str]]:
        """Return which campaigns are found of these, and the offsets that were asked for, all that came in vain too."""
        account = self._serve((answer or _pages)(ids, total=total))
        factory = AccountFactory(self._state, self.clock)
        found = [each.campaign_id for each in factory.account(a_connection(account.url)).campaigns()]
        return sorted(found), [received.params["offset"] for received in account.received]


def _pages(ids: Sequence[int], *, total: object, obeys_order: bool = True) -> Callable[[Received], Reply]:
    def answer(received: Received) -> Reply:
        start, order = int(received.params["offset"]), received.params.get("orders[id]")
        shown = sorted(ids, reverse=obeys_order and order == "DESC")[start : start + 100]
        return as_json({"campaigns": [{"id": str(number)} for number in shown], "meta": {"total": total}})

    return answer


def _pages_in_the_default_order(ids: Sequence[int], *, total: object) -> Callable[[Received], Reply]:
    return _pages(ids, total=total, obeys_order=False)


def _pages_without_orders(ids: Sequence[int], *, total: object) -> Callable[[Received], Reply]:
    def answer(received: Received) -> Reply:
        return Reply(status=400) if "orders[id]" in received.params else _pages(ids, total=total)(received)

    return answer


@pytest.fixture
def lister(serve: Serve) -> Lister:
    """Return a lister whose account is not known."""
    return Lister(serve)


@pytest.mark.parametrize("total", [None, "0", "100", "200"])
def test_rows_that_were_proven_spare_the_page_past_the_end(lister: Lister, total: object) -> None:
    """The first list proves them, by an empty page, whatever the total is."""
    first = lister.listed(TWO_PAGES, total=total)
    second = lister.listed(TWO_PAGES, total=total)

    assert (first[0], second[0]) == (list(TWO_PAGES), list(TWO_PAGES))
    assert set(first[1]) == set(ALL_OFFSETS)
    assert second[1] == ["0", "100"]


@pytest.mark.parametrize("answer", [_pages, _pages_in_the_default_order, _pages_without_orders])
def test_a_new_campaign_is_seen_at_once_though_the_total_lags(lister: Lister, answer: Callable[..., Any]) -> None:
    """The account keeps its total in a cache, and lists the newest first, last, or refuses to say in which order."""
    lister.listed(TWO_PAGES, total="200", answer=answer)

    found, _ = lister.listed([*TWO_PAGES, 201], total="200", answer=answer)

    assert found == [*TWO_PAGES, 201]


def test_a_new_campaign_is_seen_though_another_one_is_gone(lister: Lister) -> None:
    """As many as before, and a total that is right."""
    lister.listed(TWO_PAGES, total="200")

    found, offsets = lister.listed([*TWO_PAGES[1:], 201], total="200")

    assert (found, offsets) == ([*TWO_PAGES[1:], 201], ALL_OFFSETS)
    assert lister.listed([*TWO_PAGES[1:], 201], total="200")[1] == ["0", "100"]


@pytest.mark.parametrize(
    ("answer", "offsets"), [(_pages_in_the_default_order, ALL_OFFSETS), (_pages_without_orders, ["0", *ALL_OFFSETS])]
)
def test_an_account_without_that_order_costs_a_request_more(
    lister: Lister, answer: Callable[..., Any], offsets: list[str]
) -> None:
    """Or two, where it refuses the order: no list is lost for it."""
    lister.listed(TWO_PAGES, total="200", answer=answer)

    assert lister.listed(TWO_PAGES, total="200", answer=answer) == (list(TWO_PAGES), offsets)


def test_a_total_that_is_too_high_is_looked_into(lister: Lister) -> None:
    """It contradicts the rows that were proven, so they alone are no proof."""
    lister.listed(TWO_PAGES, total="200")

    assert len(lister.listed(TWO_PAGES, total="230")[1]) > 3


def test_a_list_whose_last_page_is_not_full_is_asked_for_as_ever(lister: Lister) -> None:
    """Nothing has to be known of it; what was known before is forgotten."""
    lister.listed(TWO_PAGES, total="200")
    lister.listed(TWO_PAGES[:-1], total="199")

    assert lister.listed(TWO_PAGES, total="200")[1] == ALL_OFFSETS


def test_a_week_of_four_runs_a_day_asks_past_the_end_once(lister: Lister) -> None:
    """The price of the proof, of lists that end with a full page."""
    lister.listed(TWO_PAGES, total="200")
    requests = 0
    for _ in range(4 * 7):
        lister.clock.advance(6 * HOUR_S)
        requests += len(lister.listed(TWO_PAGES, total="200")[1])

    assert requests == 4 * 7 * 2 + 1


def test_a_clock_that_was_wrong_proves_nothing(lister: Lister) -> None:
    """What was proven in the future is proven again."""
    lister.clock.advance(24 * HOUR_S)
    lister.listed(TWO_PAGES, total="200")
    lister.clock.advance(-24 * HOUR_S)

    assert lister.listed(TWO_PAGES, total="200")[1] == ALL_OFFSETS
