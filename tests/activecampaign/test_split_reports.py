"""Split campaigns whose account ignores which message is named, or does not list all of them: each row once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from sendtrail.domain.campaign_report import Report, ReportPage, ReportQuery
from tests.activecampaign.conftest import Connect, Serve
from tests.activecampaign.scripted_account import (
    THE_END,
    Received,
    Reply,
    a_memory,
    a_page,
    a_query,
    an_open,
    as_json,
)
from tests.fakes import NOON

Row = dict[str, object]


def a_row(number: int) -> Row:
    """Return a row that every report but clicks can hold, of contact `number` and as many hours before noon."""
    at = (NOON - timedelta(hours=number)).isoformat()
    return {**an_open(number, at=at), "tstamp": at[:10], "id": str(number)}


class Split:
    """Shows rows by message, as far as messages are listed and heeded; without one, all of them."""

    def __init__(self, *, is_ignored: bool = False, has_pages: bool = True, listed: Sequence[str] = ("7", "8")) -> None:
        self.is_ignored, self.has_pages, self.listed = is_ignored, has_pages, listed
        self.rows = {"7": [1, 4], "8": [2, 5], "9": [3, 6]}
        self.asked: list[str] = []

    def __call__(self, received: Received) -> Reply:
        """Return a page, or the messages."""
        if "campaignMessages" in received.target:
            return as_json({"campaignMessages": [{"messageid": each} for each in self.listed]})
        message_id = received.params.get("messageid", "")
        self.asked.append(message_id)
        if self.has_pages and int(received.params.get("page", 1)) > 1:
            return THE_END
        is_all = self.is_ignored or not message_id
        shown = self.rows.values() if is_all else [self.rows[message_id]]
        numbers = sorted(number for rows in shown for number in rows)
        if "link_list" not in received.params["api_action"]:
            return a_page([a_row(number) for number in numbers])
        links = [{"id": str(number), "link": "https://x.example", "info": [a_row(number)]} for number in numbers]
        return a_page(links)


def found(pages: Sequence[ReportPage]) -> list[tuple[str, str]]:
    """Return the contacts and messages of some pages."""
    return sorted((activity.contact_id, activity.message_id) for page in pages for activity in page.activities)


def whole(report: Report, **changes: object) -> ReportQuery:
    """Return the query for a report of a split campaign whose messages may not all be listed."""
    return replace(a_query(report), is_split=True, **changes)  # type: ignore[arg-type]


ALL = [(str(number), "") for number in range(1, 7)]


@pytest.mark.parametrize("report", list(Report))
def test_rows_that_every_message_shows_are_of_none(serve: Serve, connect: Connect, report: Report) -> None:
    """Whichever is read first: each reading says the same, and the rows are stored once."""
    account = connect(serve(Split(is_ignored=True)).url)

    first, second = (list(account.read(a_query(report, message_id=name))) for name in ("7", "8"))

    assert found(first) == found(second) == ALL


@pytest.mark.parametrize("report", list(Report))
def test_rows_of_messages_that_are_told_apart_are_theirs(serve: Serve, connect: Connect, report: Report) -> None:
    """Another message is asked for once in an account to find that out."""
    answer = Split()
    account = connect(serve(answer).url)
    list(account.read(a_query(report, message_id="7")))
    answer.asked.clear()

    assert found(list(account.read(a_query(report, message_id="8")))) == [("2", "8"), ("5", "8")]
    assert set(answer.asked) == {"8"}


def test_an_account_that_is_known_to_ignore_the_message_is_not_asked_for_another(
    serve: Serve, connect: Connect
) -> None:
    """The rows are nobody's from the start."""
    answer = Split(is_ignored=True)
    account = connect(serve(answer).url, memory=a_memory(ignores_message=True))

    assert found(list(account.read(a_query(message_id="8")))) == ALL
    assert set(answer.asked) == {"8"}


@pytest.mark.parametrize("report", list(Report))
@pytest.mark.parametrize("expected_rows", [6, None])
def test_what_is_of_no_listed_message_is_read_without_one(
    serve: Serve, connect: Connect, report: Report, expected_rows: int | None
) -> None:
    """Each row of a listed message keeps its message."""
    account = connect(serve(Split()).url)

    pages = list(account.read(whole(report, expected_rows=expected_rows)))

    assert found(pages) == [("1", "7"), ("2", "8"), ("3", ""), ("4", "7"), ("5", "8"), ("6", "")]
    assert not any(page.is_short for page in pages)


def test_messages_that_have_all_that_is_counted_are_all_there_is(serve: Serve, connect: Connect) -> None:
    """Nothing is asked for without a message."""
    answer = Split(listed=("7", "8", "9"))

    pages = list(connect(serve(answer).url).read(whole(Report.BOUNCES, expected_rows=6)))

    assert len(found(pages)) == 6
    assert "" not in answer.asked


@pytest.mark.parametrize("report", list(Report))
def test_a_message_that_is_ignored_brings_no_row_twice(serve: Serve, connect: Connect, report: Report) -> None:
    """Where they may not all be listed either."""
    pages = list(connect(serve(Split(is_ignored=True)).url).read(whole(report, expected_rows=6)))

    assert found(pages) == ALL


@pytest.mark.parametrize("report", [Report.BOUNCES, Report.UNSUBSCRIBES])
def test_a_whole_report_that_every_message_and_page_shows_is_read_once(
    serve: Serve, connect: Connect, report: Report
) -> None:
    """The campaign's counter says that its first page is all of it."""
    pages = connect(serve(Split(is_ignored=True, has_pages=False)).url).read(whole(report, expected_rows=6))

    assert found(list(pages)) == ALL


def test_what_is_still_missing_is_a_short_report(serve: Serve, connect: Connect) -> None:
    """Neither the messages nor the whole show it."""
    *_, last = connect(serve(Split()).url).read(whole(Report.BOUNCES, expected_rows=9))

    assert last.missing == 3


def test_a_reading_that_is_taken_up_says_that_the_rest_is_missing(serve: Serve, connect: Connect) -> None:
    """It does not know the rows of the messages before, so that it could not tell whose others are."""
    account = connect(serve(Split()).url)
    first, second, *_ = account.read(whole(Report.BOUNCES, expected_rows=6))
    assert second.position is not None

    pages = list(account.read(whole(Report.BOUNCES, expected_rows=6, position=replace(second.position, page=1))))

    assert set(found(pages)) <= set(found([second]))
    assert pages[-1].is_short
    assert found([first]) == [("1", "7"), ("4", "7")]


def test_a_campaign_without_listed_messages_is_read_without_one(serve: Serve, connect: Connect) -> None:
    """It is split, and nothing says by what."""
    assert found(list(connect(serve(Split(listed=())).url).read(whole(Report.OPENS)))) == ALL
