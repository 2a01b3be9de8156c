"""Accounts with a row per event: each contact has been counted as often as it opened or clicked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from sendtrail.activecampaign.v1.oddities import event_clicks, event_rows
from sendtrail.domain.campaign_report import Report, ReportPage, ReportQuery
from sendtrail.errors import Unavailable
from tests.activecampaign.conftest import Connect, Serve
from tests.activecampaign.scripted_account import THE_END, Received, Reply, a_page, a_query, an_open
from tests.fakes import NOON

Row = dict[str, str]


def an_event(contact: int, *, minutes_ago: float, times: int = 1) -> Row:
    """Return the row of an open or a click."""
    return an_open(contact, at=(NOON - timedelta(minutes=minutes_ago)).isoformat(), times=times)


def largest(pages: Sequence[ReportPage]) -> dict[str, int]:
    """Return how often each contact did it, by the largest count of its rows."""
    found: dict[str, int] = {}
    for page in pages:
        for each in page.activities:
            found[each.contact_id] = max(each.times, found.get(each.contact_id, 0))
    return found


class Opens:
    """Shows opens by pages of twenty."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = list(rows)

    def __call__(self, received: Received) -> Reply:
        """Return a page."""
        page = int(received.params["page"])
        found = self.rows[(page - 1) * 20 : page * 20]
        return a_page(found) if found else THE_END


def query(**changes: object) -> ReportQuery:
    """Return the query for opens with counters."""
    return replace(a_query(), **changes)  # type: ignore[arg-type]


# Fifteen contacts who opened three times: twice in the same second, and once more.
EVENTS = [
    an_event(contact, minutes_ago=60 * contact - (30 if turn == 2 else 0))
    for contact in range(1, 16)
    for turn in (2, 1, 0)
]


def test_opens_with_a_row_each_are_counted(serve: Serve, connect: Connect) -> None:
    """Those of one second too, where the counter is reached with them alone."""
    pages = list(connect(serve(Opens(EVENTS)).url).read(query(expected_rows=15, expected_events=45)))

    assert largest(pages) == {str(contact): 3 for contact in range(1, 16)}


@pytest.mark.parametrize("counted", [44, None])
def test_rows_that_are_alike_are_one_open_where_no_counter_says_otherwise(
    serve: Serve, connect: Connect, counted: int | None
) -> None:
    """They may have been on two pages; `completeness` shows what the counter has beyond them."""
    pages = list(connect(serve(Opens(EVENTS)).url).read(query(expected_rows=15, expected_events=counted)))

    assert largest(pages) == {str(contact): 2 for contact in range(1, 16)}


def test_a_count_is_how_often_it_was_by_then(serve: Serve, connect: Connect) -> None:
    """What an observation says stays true."""
    rows = [an_event(7, minutes_ago=minutes) for minutes in (1, 5, 9)]

    *_, page = connect(serve(Opens(rows)).url).read(query(expected_rows=1, expected_events=3))

    assert [(each.activity_timestamp, each.times) for each in page.activities] == [
        (NOON - timedelta(minutes=9), 1),
        (NOON - timedelta(minutes=5), 2),
        (NOON - timedelta(minutes=1), 3),
    ]


def test_what_came_before_it_was_seen_is_counted_too(serve: Serve, connect: Connect) -> None:
    """The contact of the first page did it once more on the second: no row says that the latest was the first time."""
    rows = [an_event(contact, minutes_ago=10 * contact) for contact in range(1, 31)]
    account = connect(serve(Opens([*rows, an_event(1, minutes_ago=900)])).url)

    pages = list(account.read(query(expected_rows=30, expected_events=31)))

    times = [each.times for page in pages for each in page.activities if each.contact_id == "1"]
    assert times == [1, 2]


def test_pages_that_are_held_back_are_not_lost_with_the_next(serve: Serve, connect: Connect) -> None:
    """What was read before a failure is there."""
    rows = [an_event(contact, minutes_ago=contact) for contact in range(1, 21)]
    account = connect(serve(lambda got: a_page(rows) if got.params["page"] == "1" else Reply(status=500)).url)
    pages = account.read(query(expected_rows=30))

    found = largest([next(pages)])

    assert len(found) == 20
    with pytest.raises(Unavailable):
        next(pages)


def test_a_row_with_a_count_ends_the_holding_back(serve: Serve, connect: Connect) -> None:
    """Long reports are not read into memory."""
    rows = [an_event(contact, minutes_ago=contact, times=2) for contact in range(1, 41)]
    answer = serve(Opens(rows))

    first = next(iter(connect(answer.url).read(query(expected_rows=1_000))))

    assert len(first.activities) == 20


def test_an_account_that_is_known_for_it_is_read_whole(serve: Serve, connect: Connect) -> None:
    """What is new at the top cannot be counted without what is below it."""
    answer = Opens(EVENTS)
    account = connect(serve(answer).url)
    list(account.read(query(expected_rows=15, expected_events=45)))
    answer.rows = [an_event(15, minutes_ago=0), *EVENTS]

    pages = list(account.read(query(since=NOON - timedelta(minutes=5), expected_rows=15, expected_events=46)))

    assert largest(pages)["15"] == 4


def test_rows_that_moved_down_a_page_are_no_events(serve: Serve, connect: Connect) -> None:
    """A contact that is on two pages has been counted by the account itself."""
    rows = [an_event(contact, minutes_ago=60 * contact) for contact in range(1, 31)]

    pages = list(connect(serve(Opens([*rows[:20], rows[19], *rows[20:]])).url).read(query(expected_rows=30)))

    assert set(largest(pages).values()) == {1}


def test_rows_with_counts_of_their_own_are_no_events(serve: Serve, connect: Connect) -> None:
    """They say how often it was by then already."""
    rows = [an_event(7, minutes_ago=1, times=5), an_event(7, minutes_ago=9, times=4)]

    assert largest(list(connect(serve(Opens(rows)).url).read(query(expected_rows=1)))) == {"7": 5}


def test_more_rows_than_can_be_counted_are_kept_as_they_are(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is lost, and the sum that falls short of the counter shows it."""
    monkeypatch.setattr(event_rows, "MAX_ROWS", 25)

    pages = list(connect(serve(Opens(EVENTS)).url).read(query(expected_rows=15, expected_events=45)))

    assert set(largest(pages).values()) == {1}
    assert sum(len(page.activities) for page in pages) >= 45


def clicks(rows: Sequence[Row], total: int | None) -> Reply:
    """Return a page of one link."""
    counted = {} if total is None else {"a_total": str(total)}
    return a_page([{"id": "3", "link": "https://x.example", **counted, "info": list(rows)}])


@pytest.mark.parametrize(
    ("total", "times"), [(4, {"7": 3, "8": 1}), (5, {"7": 3, "8": 1}), (3, {"7": 2, "8": 1}), (None, {"7": 2, "8": 1})]
)
def test_clicks_with_a_row_each_are_counted(
    serve: Serve, connect: Connect, total: int | None, times: dict[str, int]
) -> None:
    """Two of them in one second, which the link's own counter confirms or does not."""
    rows = [an_event(7, minutes_ago=minutes) for minutes in (5, 5, 1)] + [an_event(8, minutes_ago=3)]
    account = serve(lambda got: clicks(rows, total) if got.params["page"] == "1" else THE_END)

    pages = list(connect(account.url).read(a_query(Report.CLICKS, expected_rows=2)))

    assert largest(pages) == times


def test_clicks_of_a_link_with_too_many_rows_are_kept_as_they_are(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them, in their order."""
    monkeypatch.setattr(event_clicks, "MAX_ROWS", 2)
    rows = [an_event(7, minutes_ago=minutes) for minutes in (5, 4, 3, 2, 1)]
    account = serve(lambda got: clicks(rows, 5) if got.params["page"] == "1" else THE_END)

    pages = list(connect(account.url).read(a_query(Report.CLICKS, expected_rows=1)))

    assert [each.times for page in pages for each in page.activities] == [1] * 5
