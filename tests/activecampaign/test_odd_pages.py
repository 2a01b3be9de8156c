"""Accounts whose pages are of another size, in another order, or come again past the end: each row is read once."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sendtrail.activecampaign.account_memory import AccountMemory
from sendtrail.domain.campaign_report import Report, ReportCursor, ReportPage
from sendtrail.errors import Unreadable
from tests.activecampaign.conftest import Connect, Serve
from tests.activecampaign.scripted_account import (
    THE_END,
    Received,
    Reply,
    Script,
    a_memory,
    a_page,
    a_query,
    an_open,
    as_json,
    newest_first,
)

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)
PAGED = [Report.OPENS, Report.BOUNCES, Report.UNSUBSCRIBES]
EMPTY_SUCCESS = a_page([])

Row = dict[str, str]


def a_row(number: int) -> Row:
    """Return a row that every paged report can hold, of contact `number` and as many hours before noon."""
    at = (NOON - timedelta(hours=number)).isoformat()
    return {**an_open(number, at=at), "tstamp": "2025-06-01", "id": str(number)}


def a_list(rows: int) -> list[Row]:
    """Return a list of so many rows, the newest first."""
    return [a_row(number) for number in range(1, rows + 1)]


class Paged:
    """Shows a list by pages of a size, and past its end what `past` says: the last page again where that is None."""

    def __init__(self, rows: Sequence[Row], *, size: int = 20, past: Reply | None = THE_END) -> None:
        self.rows, self.size, self.past = list(rows), size, past
        self.asked: list[int] = []

    def __call__(self, received: Received) -> Reply:
        """Return the page that is asked for."""
        if "campaignMessages" in received.target:
            return as_json({"campaignMessages": []})
        page = int(received.params["page"])
        self.asked.append(page)
        if self.past is None:
            page = min(page, -(-len(self.rows) // self.size))
        found = self.rows[(page - 1) * self.size : page * self.size]
        return a_page(found) if found or self.past is None else self.past


def ids(pages: Sequence[ReportPage]) -> list[int]:
    """Return the contacts of some pages, once each."""
    return sorted({int(activity.contact_id) for page in pages for activity in page.activities})


# What was known of the account before.
KNOWN: dict[str, Callable[[], AccountMemory]] = {
    "nothing": a_memory,
    "the usual size": lambda: a_memory(shortest_followed=20, longest_followed=20, longest=20),
}


@pytest.mark.parametrize("known", KNOWN)
@pytest.mark.parametrize("size", [5, 10, 20, 25, 50, 100])
@pytest.mark.parametrize("report", PAGED)
def test_pages_of_any_size_are_read_to_their_end_by_a_counter_that_is_behind(
    serve: Serve, connect: Connect, report: Report, size: int, known: str
) -> None:
    """A page as long as those that others followed is no last one, whatever the counter says."""
    account = serve(Paged(a_list(130), size=size))

    pages = list(connect(account.url, memory=KNOWN[known]()).read(a_query(report, expected_rows=120)))

    assert ids(pages) == list(range(1, 131))


def test_a_first_page_of_ten_is_no_end_where_no_longer_one_was_seen(serve: Serve, connect: Connect) -> None:
    """Its counter is reached, and behind: the first list of an account may have pages of ten rows."""
    account = serve(Paged(a_list(15), size=10))

    assert ids(list(connect(account.url).read(a_query(Report.BOUNCES, expected_rows=10)))) == list(range(1, 16))


def test_pages_of_uneven_lengths_are_never_taken_for_the_last(serve: Serve, connect: Connect) -> None:
    """An account may leave rows out of its pages after it has made them."""
    rows = a_list(60)
    pages = [[row for row in rows[start : start + 20] if int(row["id"]) % 7] for start in (0, 20, 40)]

    def answer(received: Received) -> Reply:
        page = int(received.params["page"])
        return a_page(pages[page - 1]) if page <= len(pages) else THE_END

    found = list(connect(serve(answer).url).read(a_query(Report.BOUNCES, expected_rows=30)))

    assert len(ids(found)) == 52


def test_a_size_that_was_seen_spares_the_request_past_the_end(serve: Serve, connect: Connect) -> None:
    """A list of ten rows ends with them where pages are known to have twenty."""
    answer = Paged(a_list(10))
    account = connect(serve(answer).url, memory=KNOWN["the usual size"]())

    list(account.read(a_query(Report.BOUNCES, expected_rows=10)))

    assert answer.asked == [1]


def test_a_longest_list_is_asked_for_more_a_few_times_only(serve: Serve, connect: Connect) -> None:
    """Lists that keep ending there say that pages are longer."""
    answer = Paged(a_list(12))
    account = connect(serve(answer).url)

    for _ in range(5):
        list(account.read(a_query(Report.BOUNCES, expected_rows=12)))

    assert answer.asked == [1, 2, 1, 2, 1, 2, 1, 1]


@pytest.mark.parametrize("size", [10, 50])
@pytest.mark.parametrize("known", ["nothing", "its size"])
def test_a_list_that_has_grown_is_entered_where_it_grows_whatever_the_size(
    serve: Serve, connect: Connect, size: int, known: str
) -> None:
    """It is entered by pages of twenty rows: where they are others, it is read from its start."""
    memory = a_memory(shortest_followed=size, longest_followed=size, longest=size) if known == "its size" else None
    account = connect(serve(Paged(a_list(78), size=size)).url, memory=memory)
    query = replace(
        a_query(Report.BOUNCES, position=ReportCursor(page=4), expected_rows=78),
        first_page=4,
    )

    assert set(ids(list(account.read(query)))) >= set(range(71, 79))


def sorted_within(rows: Sequence[Row], *, size: int = 20) -> list[Row]:
    """Return rows in pages that ascend, and of which each descends."""
    ascending = list(rows)[::-1]
    starts = range(0, len(ascending), size)
    return [row for start in starts for row in ascending[start : start + size][::-1]]


def test_opens_that_are_sorted_within_their_pages_are_read_to_the_end(serve: Serve, connect: Connect) -> None:
    """The first page goes down and is old, and all that is new comes after it."""
    account = serve(Paged(sorted_within(a_list(54))))

    pages = list(connect(account.url).read(a_query(since=NOON - timedelta(hours=5))))

    assert ids(pages) == list(range(1, 55))


def test_what_breaks_the_order_once_is_remembered(serve: Serve, connect: Connect) -> None:
    """The order has to be seen twice as often as before until it is relied on again."""
    memory = newest_first()
    list(connect(serve(Paged(sorted_within(a_list(54)))).url, memory=memory).read(a_query()))

    answer = Paged(a_list(60))
    list(connect(serve(answer).url, memory=memory).read(a_query(since=NOON - timedelta(hours=5))))

    assert set(answer.asked) >= {1, 2, 3, 4}


def test_the_order_from_page_to_page_is_learnt_while_opens_are_read(serve: Serve, connect: Connect) -> None:
    """After ten pages that went on below one another, the rest of a list may stay unread."""
    answer = Paged(a_list(240))
    account = connect(serve(answer).url)
    list(account.read(a_query(expected_rows=240)))
    answer.asked.clear()

    list(account.read(a_query(since=NOON - timedelta(hours=5), expected_rows=240, changed_rows=1)))

    assert answer.asked == [1]


def test_rows_that_move_down_while_they_are_read_are_no_disorder(serve: Serve, connect: Connect) -> None:
    """They are on the page before, too."""
    rows = a_list(60)
    moved = [an_open(99, at=NOON.isoformat()), *rows[:5], *rows[5:]]
    script = Script(a_page(rows[:20]), a_page(moved[20:40]), a_page(moved[40:60]), THE_END)
    memory = newest_first()

    list(connect(serve(script).url, memory=memory).read(a_query()))

    assert memory.habits.of(Report.OPENS).disorders == 0


@pytest.mark.parametrize("rows", [40, 41])
@pytest.mark.parametrize("report", PAGED)
def test_an_empty_success_is_an_end_where_the_account_always_ends_like_that(
    serve: Serve, connect: Connect, report: Report, rows: int
) -> None:
    """It answers a page that cannot exist alike."""
    pages = list(connect(serve(Paged(a_list(rows), past=EMPTY_SUCCESS)).url).read(a_query(report)))

    assert ids(pages) == list(range(1, rows + 1))
    assert not any(page.is_short for page in pages)


def test_an_empty_success_before_the_counters_say_so_is_a_short_report(serve: Serve, connect: Connect) -> None:
    """It is an end as any other: asked for again, and against the counters."""
    answer = Paged(a_list(40), past=EMPTY_SUCCESS)

    *pages, last = connect(serve(answer).url).read(a_query(Report.BOUNCES, expected_rows=45))

    assert (ids(pages), last.missing) == (list(range(1, 41)), 5)
    assert answer.asked.count(3) == 2


def test_an_empty_success_is_no_end_where_others_end_otherwise(serve: Serve, connect: Connect) -> None:
    """A stumble of an account that says the end in its words costs no row."""
    rows = a_list(25)

    def answer(received: Received) -> Reply:
        page = int(received.params["page"])
        if page == 2 and len([each for each in account.received if each.params["page"] == "2"]) == 1:
            return EMPTY_SUCCESS
        found = rows[(page - 1) * 20 : page * 20]
        return a_page(found) if found else THE_END

    account = serve(answer)

    assert ids(list(connect(account.url).read(a_query(Report.BOUNCES)))) == list(range(1, 26))


@pytest.mark.parametrize("report", list(Report))
def test_a_report_that_succeeds_without_rows_is_empty_by_its_counter(
    serve: Serve, connect: Connect, report: Report
) -> None:
    """Two statements that agree."""
    account = serve(Script(EMPTY_SUCCESS))

    assert list(connect(account.url).read(a_query(report, expected_rows=0))) == []
    assert len(account.received) == 1


@pytest.mark.parametrize("rows", [10, 45, 60])
@pytest.mark.parametrize("report", PAGED)
def test_a_last_page_that_comes_again_is_the_end(serve: Serve, connect: Connect, report: Report, rows: int) -> None:
    """All that is counted was seen before it."""
    pages = list(connect(serve(Paged(a_list(rows), past=None)).url).read(a_query(report, expected_rows=rows)))

    assert ids(pages) == list(range(1, rows + 1))
    assert not any(page.is_short for page in pages)


@pytest.mark.parametrize("rows", [10, 45, 60])
@pytest.mark.parametrize("report", PAGED)
def test_a_last_page_that_comes_again_before_the_counters_say_so_is_a_short_report(
    serve: Serve, connect: Connect, report: Report, rows: int
) -> None:
    """What was read is kept, each row is counted once, and the report is read again."""
    answer = Paged(a_list(rows), past=None)

    *pages, last = connect(serve(answer).url).read(a_query(report, expected_rows=rows + 15))

    assert (ids(pages), last.missing) == (list(range(1, rows + 1)), 15)


def test_a_list_without_a_counter_ends_with_a_page_that_comes_again(serve: Serve, connect: Connect) -> None:
    """Where other pages were shown, the page is not ignored."""
    pages = list(connect(serve(Paged(a_list(45), past=None)).url).read(a_query(Report.BOUNCES)))

    assert ids(pages) == list(range(1, 46))


def test_a_last_page_that_comes_again_is_remembered(serve: Serve, connect: Connect) -> None:
    """A list of one full page is then known to have ended."""
    answer = Paged(a_list(45), past=None)
    account = connect(serve(answer).url)
    list(account.read(a_query(Report.BOUNCES)))
    answer.rows = a_list(20)

    assert ids(list(account.read(a_query(Report.BOUNCES)))) == list(range(1, 21))


def test_a_full_first_page_that_comes_again_is_no_end_by_a_counter_that_is_behind(
    serve: Serve, connect: Connect
) -> None:
    """The account may ignore the page and have more rows: nothing else would say that any are missing."""
    account = serve(Paged(a_list(20), past=None))

    with pytest.raises(Unreadable, match="repeats a page"):
        list(connect(account.url).read(a_query(Report.BOUNCES, expected_rows=15)))


def test_a_reading_that_is_taken_up_past_the_end_ends(serve: Serve, connect: Connect) -> None:
    """The first page, asked for, shows that the page is not ignored."""
    account = serve(Paged(a_list(45), past=None))

    pages = list(connect(account.url).read(a_query(Report.BOUNCES, position=ReportCursor(page=3), expected_rows=45)))

    assert ids(pages) == list(range(41, 46))
