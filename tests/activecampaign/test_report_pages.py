"""How a report is read to its end, page by page, with the real client."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from sendtrail.domain.campaign_report import Report, ReportCursor, UnreadableRow
from sendtrail.errors import Rejected, Unreadable
from tests.activecampaign.conftest import Connect, Serve
from tests.activecampaign.scripted_account import (
    THE_END,
    Received,
    Reply,
    Script,
    a_page,
    a_query,
    an_open,
    as_json,
    newest_first,
    refusal,
)

EMPTY_SUCCESS = a_page([])
NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)
PAGED = [Report.OPENS, Report.BOUNCES, Report.UNSUBSCRIBES]

Row = Mapping[str, Any]


def at_hour(number: int) -> Row:
    """Return the open of contact `number`, `number` hours before noon."""
    return an_open(number, at=(NOON - timedelta(hours=number)).isoformat())


def bounce(number: int) -> Row:
    """Return a row that every paged report can hold."""
    return {**at_hour(number), "tstamp": "2025-06-01", "id": str(number)}


def pages(*content: Sequence[Row]) -> Callable[[Received], Reply]:
    """Answer with the page asked for, and with the end after the last one."""

    def answer(received: Received) -> Reply:
        number = int(received.params["page"])
        return a_page(content[number - 1]) if number <= len(content) else THE_END

    return answer


@pytest.mark.parametrize("report", PAGED)
def test_a_report_is_read_until_the_account_says_that_nothing_is_left(
    serve: Serve, connect: Connect, report: Report
) -> None:
    """A short page is not the end: only the end is."""
    account = serve(pages([bounce(1), bounce(2)], [bounce(3)], [bounce(4)]))

    chunks = list(connect(account.url).read(a_query(report)))

    assert [[row.contact_id for row in chunk.activities] for chunk in chunks] == [["1", "2"], ["3"], ["4"]]
    assert [chunk.position.page for chunk in chunks if chunk.position] == [2, 3, 4]
    assert len(account.received) == 4


@pytest.mark.parametrize("report", list(Report))
def test_an_empty_report_has_no_chunks(serve: Serve, connect: Connect, report: Report) -> None:
    """Nothing is returned: that is the end right away."""
    account = serve(Script(THE_END))

    assert list(connect(account.url).read(a_query(report, expected_rows=0))) == []
    assert len(account.received) == 1


@pytest.mark.parametrize("report", list(Report))
def test_any_other_failure_is_not_the_end(serve: Serve, connect: Connect, report: Report) -> None:
    """It is asked for again, and reported in the account's words in the end."""
    account = serve(Script(refusal("Failed: Database is busy")))

    with pytest.raises(Rejected, match=f"{report} of campaign 7, page 1: .*Database is busy"):
        list(connect(account.url, attempts=2).read(a_query(report)))


def test_a_page_that_says_something_and_holds_nothing_is_an_error(serve: Serve, connect: Connect) -> None:
    """The account contradicts itself, and nothing proves that it means the end."""
    with pytest.raises(Unreadable, match="returns nothing"):
        list(connect(serve(Script(EMPTY_SUCCESS)).url).read(a_query()))


def test_rows_come_in_the_order_of_their_keys(serve: Serve, connect: Connect) -> None:
    """The keys are numbers: 10 comes after 9."""
    account = serve(pages([at_hour(number) for number in range(1, 13)]))

    (chunk,) = connect(account.url).read(a_query())

    assert [row.contact_id for row in chunk.activities] == [str(number) for number in range(1, 13)]


def test_opens_are_asked_for_newest_first(serve: Serve, connect: Connect) -> None:
    """The default order is not the documented one."""
    account = serve(Script(THE_END))

    list(connect(account.url).read(a_query(Report.OPENS, expected_rows=0)))

    assert account.received[0].params == {
        "api_action": "campaign_report_open_list",
        "api_output": "json",
        "campaignid": "7",
        "sort_direction": "DESC",
        "page": "1",
    }


def test_a_message_is_named_where_there_is_one(serve: Serve, connect: Connect) -> None:
    """Split campaigns are read a message at a time, and ordinary ones without."""
    account = serve(Script(THE_END))

    list(connect(account.url).read(a_query(Report.CLICKS, message_id="21")))

    assert account.received[0].params["messageid"] == "21"


def test_reading_opens_stops_where_all_is_older(serve: Serve, connect: Connect) -> None:
    """Newest first and older than what is asked for, by more than the tolerance: the rest need not be read."""
    account = serve(pages([at_hour(1), at_hour(2)], [at_hour(3), at_hour(8)], [at_hour(9)]))

    chunks = list(connect(account.url, memory=newest_first()).read(a_query(since=NOON - timedelta(hours=4))))

    assert len(chunks) == len(account.received) == 2


def test_a_stop_that_was_proven_before_costs_nothing_now(serve: Serve, connect: Connect) -> None:
    """Taken up again at its end, a report is at its end."""
    account = serve(pages([at_hour(1), at_hour(8)], [at_hour(9)]))
    query = a_query(since=NOON - timedelta(hours=4))
    reader = connect(account.url, memory=newest_first())
    (chunk,) = reader.read(query)
    assert chunk.position is not None

    query = a_query(since=NOON - timedelta(hours=4), position=chunk.position)

    assert list(reader.read(query)) == []
    assert len(account.received) == 1


def test_opens_out_of_order_are_read_to_the_end(serve: Serve, connect: Connect) -> None:
    """What is not in order has no place to stop."""
    account = serve(pages([at_hour(50), at_hour(90)], [at_hour(1), at_hour(80)], [at_hour(70)]))

    chunks = list(connect(account.url).read(a_query(since=NOON - timedelta(hours=100))))

    assert len(chunks) == 3


def test_other_reports_have_no_order_to_rely_on(serve: Serve, connect: Connect) -> None:
    """They are read to their end, however old."""
    account = serve(pages([bounce(50), bounce(90)], [bounce(91)]))

    chunks = list(connect(account.url).read(a_query(Report.UNSUBSCRIBES, since=NOON)))

    assert len(chunks) == 2


def test_reading_goes_on_from_a_position(serve: Serve, connect: Connect) -> None:
    """The pages before it are not read again."""
    account = serve(pages([at_hour(1)], [at_hour(2)], [at_hour(3)]))

    chunks = list(connect(account.url).read(a_query(position=ReportCursor(page=3))))

    assert [row.contact_id for chunk in chunks for row in chunk.activities] == ["3"]


def test_a_page_that_comes_twice_may_be_a_shift(serve: Serve, connect: Connect) -> None:
    """Rows that have moved down by just a page are read again, and nothing is lost."""
    account = serve(pages([at_hour(1)], [at_hour(2)], [at_hour(2)], [at_hour(3)]))

    chunks = list(connect(account.url).read(a_query()))

    assert [row.contact_id for chunk in chunks for row in chunk.activities] == ["1", "2", "2", "3"]


def test_the_first_page_may_come_twice_when_a_page_arrived(serve: Serve, connect: Connect) -> None:
    """Read once more, the first page shows that it is another now."""
    script = Script(a_page([at_hour(1)]), a_page([at_hour(1)]), a_page([at_hour(0)]), a_page([at_hour(2)]), THE_END)
    account = serve(script)

    chunks = list(connect(account.url).read(a_query()))

    assert [row.contact_id for chunk in chunks for row in chunk.activities] == ["1", "1", "2"]


@pytest.mark.parametrize("report", PAGED)
def test_an_account_that_ignores_the_page_is_found_out(serve: Serve, connect: Connect, report: Report) -> None:
    """The same page over and over is neither rows nor an end."""
    account = serve(Script(a_page([bounce(1)])))

    with pytest.raises(Unreadable, match=f"{report} of campaign 7, page 2: the account repeats a page"):
        list(connect(account.url).read(a_query(report)))

    assert len(account.received) == 3


def test_an_account_that_stays_on_a_page_is_found_out(serve: Serve, connect: Connect) -> None:
    """Three times the same page in a row is no shift."""
    account = serve(Script(a_page([at_hour(3)])))

    with pytest.raises(Unreadable, match="page 6: the account repeats a page"):
        list(connect(account.url).read(a_query(position=ReportCursor(page=4))))


@pytest.mark.parametrize("counter", [5, None])
@pytest.mark.parametrize("report", PAGED)
def test_an_account_that_ignores_the_page_and_changes_its_rows_is_found_out(
    serve: Serve, connect: Connect, report: Report, counter: int | None
) -> None:
    """No two answers are the same, but whose rows they show is: without a bound it would be asked for ever."""
    answers = count()

    def answer(_: Received) -> Reply:
        turn = next(answers)
        rows = [{**bounce(number), "ago": f"{turn} s"} for number in range(20)]
        return a_page(rows[turn % 20 :] + rows[: turn % 20])

    account = serve(answer)

    with pytest.raises(Unreadable, match="the account repeats a page"):
        list(connect(account.url).read(a_query(report, expected_rows=counter)))

    assert len(account.received) < 20


def test_forwards_are_a_single_page(serve: Serve, connect: Connect) -> None:
    """The report has no pages: it is asked for once, and not again from a position behind it."""
    account = serve(Script(a_page([{**at_hour(1), "email_to": "friend@example.org"}])))
    reader = connect(account.url)

    (chunk,) = reader.read(a_query(Report.FORWARDS))
    assert chunk.position is not None

    assert list(reader.read(a_query(Report.FORWARDS, position=chunk.position))) == []
    assert len(account.received) == 1


def test_forwards_in_several_pages_are_all_read_where_a_counter_promises_them(serve: Serve, connect: Connect) -> None:
    """The first page alone would leave the report short for ever."""
    rows = [{**at_hour(1), "email_to": f"friend{number}@example.org"} for number in range(35)]

    def answer(received: Received) -> Reply:
        start = 20 * (int(received.params.get("page", 1)) - 1)
        return a_page(rows[start : start + 20]) if start < len(rows) else THE_END

    account = serve(answer)

    pages = list(connect(account.url).read(a_query(Report.FORWARDS, expected_rows=35)))

    assert sum(len(each.activities) for each in pages) == 35
    assert [each.missing for each in pages if each.is_short] == []
    assert len(account.received) <= 3


@pytest.mark.parametrize(("shown", "requests"), [(5, 1), (20, 2), (30, 2)])
def test_forwards_of_one_page_that_lack_rows_are_a_short_report(
    serve: Serve, connect: Connect, shown: int, requests: int
) -> None:
    """The account ignores the page, so that a full one is shown again: no error, and nothing twice."""
    rows = [{**at_hour(1), "email_to": f"friend{number}@example.org"} for number in range(shown)]
    account = serve(lambda _: a_page(rows))

    pages = list(connect(account.url).read(a_query(Report.FORWARDS, expected_rows=35)))

    assert sum(len(each.activities) for each in pages) == shown
    assert [each.missing for each in pages if each.is_short] == [35 - shown]
    assert len(account.received) == requests


BAD_ROWS: dict[Report, tuple[object, str]] = {
    Report.OPENS: ({"subscriberid": "5", "tstamp": "yesterday"}, "a row has no readable tstamp_iso or tstamp"),
    Report.BOUNCES: ({"subscriberid": "5", "tstamp": "9999-12-31"}, "a row's tstamp is no date"),
    Report.UNSUBSCRIBES: ({"tstamp": "2025-06-01"}, "a row has neither subscriberid nor email"),
    Report.FORWARDS: ("row", "a row is no object"),
}


@pytest.mark.parametrize("report", BAD_ROWS)
def test_a_row_that_cannot_be_read_costs_itself(
    serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture, report: Report
) -> None:
    """It comes with its page as the account sent it, and is logged without what it holds."""
    row, reason = BAD_ROWS[report]
    rows = {"0": bounce(1), "1": row, "2": bounce(2), "result_code": 1, "result_message": "Success"}
    account = serve(Script(as_json(rows), THE_END))

    (page,) = connect(account.url).read(a_query(report, expected_rows=3))

    assert [activity.contact_id for activity in page.activities] == ["1", "2"]
    assert page.unreadable == (UnreadableRow(report=str(report), page=1, reason=reason, raw=json.dumps(row)),)
    assert caplog.messages == [f"{report} of campaign 7, page 1: 1 rows cannot be read ({reason})"]


def test_a_page_without_a_readable_row_is_a_page(serve: Serve, connect: Connect) -> None:
    """The ones after it are read."""
    account = serve(pages([{"subscriberid": "5"}], [at_hour(1)]))

    first, second = connect(account.url).read(a_query())

    assert (len(first.unreadable), len(second.activities)) == (1, 1)


FULL = [bounce(number) for number in range(1, 21)]


@pytest.mark.parametrize("report", PAGED)
@pytest.mark.parametrize(
    ("expected_rows", "requests"),
    [(22, 2), (20, 2), (23, 4), (None, 3)],
    ids=["reached", "passed", "not reached, so asked for twice", "unknown"],
)
def test_the_account_is_not_asked_for_the_end_where_its_counters_are_reached_by_a_page_that_is_not_full(
    serve: Serve, connect: Connect, report: Report, expected_rows: int | None, requests: int
) -> None:
    """A counter that is behind, or a short page, is no end by itself."""
    account = serve(pages(FULL, [bounce(21), bounce(22)]))

    chunks = list(connect(account.url).read(a_query(report, expected_rows=expected_rows)))

    assert sum(len(chunk.activities) for chunk in chunks) == 22
    assert len(account.received) == requests


def test_a_full_page_is_not_the_end_whatever_the_counters_say(serve: Serve, connect: Connect) -> None:
    """The list may be ahead of them."""
    account = serve(pages(FULL, [bounce(21)]))

    chunks = list(connect(account.url).read(a_query(expected_rows=20)))

    assert sum(len(chunk.activities) for chunk in chunks) == 21


def test_a_report_that_is_taken_up_in_the_middle_is_read_to_its_end(serve: Serve, connect: Connect) -> None:
    """How many rows lie before it is not known."""
    account = serve(pages(FULL, [bounce(21)]))

    list(connect(account.url).read(a_query(Report.BOUNCES, position=ReportCursor(page=2), expected_rows=1)))

    assert [received.params["page"] for received in account.received] == ["2", "3"]


def test_a_report_that_is_read_from_where_it_has_grown_may_end_by_its_counters(serve: Serve, connect: Connect) -> None:
    """What comes before it was read earlier, and counts."""
    account = serve(pages([bounce(number) for number in range(20)], [bounce(20)]))
    query = replace(a_query(Report.BOUNCES, position=ReportCursor(page=2), expected_rows=21), first_page=2)

    [chunk] = connect(account.url).read(query)

    assert [row.contact_id for row in chunk.activities] == ["20"]
    assert [received.params["page"] for received in account.received] == ["2"]


def test_opens_are_fetched_ahead_as_far_as_the_counters_let_expect(serve: Serve, connect: Connect) -> None:
    """Every page once, and none after the last."""
    content = [[at_hour(20 * page + number) for number in range(1, 21)] for page in range(12)]
    content[-1].pop()
    account = serve(pages(*content))

    chunks = list(connect(account.url).read(a_query(expected_rows=239)))

    found = [int(activity.contact_id) for chunk in chunks for activity in chunk.activities]
    assert found == list(range(1, 240))
    assert sorted(int(received.params["page"]) for received in account.received) == list(range(1, 13))


def test_pages_that_shift_while_they_are_fetched_ahead_are_read_again_in_order(serve: Serve, connect: Connect) -> None:
    """A row that comes twice says that the list has moved."""
    content = [[at_hour(20 * page + number) for number in range(1, 21)] for page in range(6)]
    shifted = [row for page in content for row in page]
    shifted.insert(0, an_open(999, at=NOON.isoformat()))
    asked: list[int] = []

    def answer(received: Received) -> Reply:
        page = int(received.params["page"])
        asked.append(page)
        rows = [row for one in content for row in one] if page < 3 and asked.count(page) == 1 else shifted
        found = rows[20 * (page - 1) : 20 * page]
        return a_page(found) if found else THE_END

    chunks = list(connect(serve(answer).url).read(a_query()))

    found = {int(activity.contact_id) for chunk in chunks for activity in chunk.activities}
    assert found >= set(range(1, 121))
    positions = [chunk.position.page for chunk in chunks if chunk.position]
    assert positions == sorted(positions)
