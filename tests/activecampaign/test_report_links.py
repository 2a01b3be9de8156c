"""How the link report is read to its end, with the real client."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from sendtrail.domain.campaign_report import Report, ReportCursor
from sendtrail.errors import Unavailable
from tests.activecampaign.conftest import Connect, Serve
from tests.activecampaign.scripted_account import THE_END, CountingBudget, Reply, Script, a_page, a_query, an_open

CLICKS = a_query(Report.CLICKS)


def a_link(number: int, *, clicks: Sequence[Mapping[str, Any]] | str = "") -> dict[str, Any]:
    """Return a link of the report."""
    return {"id": str(number), "link": f"https://shop.example.com/{number}", "info": clicks}


def test_links_are_read_page_by_page(serve: Serve, connect: Connect) -> None:
    """Every page ends with a position, whether anybody clicked or not."""
    first = a_page([a_link(1, clicks=[an_open(5)]), a_link(2)])
    account = serve(Script(first, a_page([a_link(3)]), a_page([a_link(4, clicks=[an_open(6)])]), THE_END))

    chunks = list(connect(account.url).read(CLICKS))

    assert [[(row.link_id, row.contact_id) for row in chunk.activities] for chunk in chunks] == [
        [("1", "5")],
        [],
        [("4", "6")],
    ]
    assert [chunk.position for chunk in chunks] == [ReportCursor(page=2), ReportCursor(page=3), ReportCursor(page=4)]


def test_many_clicks_come_in_parts(serve: Serve, connect: Connect) -> None:
    """A page too large for one chunk can only be left at its end."""
    account = serve(Script(a_page([a_link(1, clicks=[an_open(n) for n in range(1, 2_501)])]), THE_END))

    chunks = list(connect(account.url).read(CLICKS))

    assert [len(chunk.activities) for chunk in chunks] == [1_000, 1_000, 500]
    assert [chunk.position for chunk in chunks] == [None, None, ReportCursor(page=2)]


def test_a_page_that_repeats_is_the_end_where_it_holds_all_links(serve: Serve, connect: Connect) -> None:
    """Some accounts ignore the page: with fewer links than a page holds, the first one was all."""
    account = serve(Script(a_page([a_link(1, clicks=[an_open(5)]), a_link(2)])))

    chunks = list(connect(account.url).read(CLICKS))

    assert len(chunks) == 1
    assert len(account.received) == 2


def test_new_clicks_do_not_hide_that_a_page_repeats(serve: Serve, connect: Connect) -> None:
    """A page is known by its links: its clicks change all the time."""
    account = serve(Script(a_page([a_link(1)]), a_page([a_link(1, clicks=[an_open(5)])])))

    assert len(list(connect(account.url).read(CLICKS))) == 1


@pytest.mark.parametrize(("expected_rows", "is_short"), [(20, False), (None, False), (21, True)])
def test_a_full_page_that_repeats_is_kept_and_is_the_end(
    serve: Serve, connect: Connect, expected_rows: int | None, is_short: bool
) -> None:
    """An e-mail with just as many links as a page is no reason to fail; whether there are more, the counters say."""
    account = serve(Script(a_page([a_link(number, clicks=[an_open(5)]) for number in range(1, 21)])))

    chunks = list(connect(account.url).read(a_query(Report.CLICKS, expected_rows=expected_rows)))

    assert sum(len(chunk.activities) for chunk in chunks) == 20
    assert [chunk.is_short for chunk in chunks] == [False, True][: 1 + is_short]


def test_a_page_cut_off_is_asked_for_again(serve: Serve, connect: Connect, budget: CountingBudget) -> None:
    """Nothing of it is used."""
    page = a_page([a_link(1, clicks=[an_open(n) for n in range(1, 9)])])
    account = serve(Script(Reply(body=page.body[:-9]), page, THE_END))

    chunks = list(connect(account.url).read(CLICKS))

    assert sum(len(chunk.activities) for chunk in chunks) == 8
    assert budget.taken == 3


def test_a_page_always_cut_off_is_no_end(serve: Serve, connect: Connect) -> None:
    """It is an error, with no chunk before it."""
    page = a_page([a_link(1, clicks=[an_open(5)])])
    account = serve(Script(Reply(body=page.body[:-9])))

    with pytest.raises(Unavailable, match="clicks of campaign 7, page 1: the answer is cut off"):
        next(connect(account.url).read(CLICKS))


def test_a_reader_that_is_left_halfway_tidies_up(serve: Serve, connect: Connect) -> None:
    """The page's file is closed with the reader (an open one would be a warning, and so an error here)."""
    account = serve(Script(a_page([a_link(1, clicks=[an_open(n) for n in range(1, 2_501)])])))
    reader = connect(account.url).read(CLICKS)

    chunk = next(reader)
    del reader

    assert len(chunk.activities) == 1_000
