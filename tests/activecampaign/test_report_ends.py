"""Where a report ends: the account's words for it in any language, and what the counters say against it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from sendtrail.activecampaign.account_factory import AccountFactory
from sendtrail.activecampaign.v1.report_end import FAR_PAGE, PROOFS
from sendtrail.domain.campaign_report import Report, ReportCursor, ReportPage
from sendtrail.errors import Rejected
from tests.activecampaign.conftest import Connect, Serve
from tests.activecampaign.scripted_account import (
    THE_END,
    Received,
    Reply,
    Script,
    a_connection,
    a_page,
    a_query,
    an_open,
    as_json,
    refusal,
)
from tests.fakes import FakeClock, MemoryState

HUNGARIAN = refusal("Sikertelen: Nincs megjeleníthető adat")
Row = Mapping[str, Any]


def rows(*numbers: int) -> list[Row]:
    """Return rows that every report can hold."""
    return [{**an_open(number), "tstamp": "2025-06-01", "id": str(number)} for number in numbers]


FULL = rows(*range(1, 21))


def ids(pages: Sequence[ReportPage]) -> list[str]:
    """Return the contacts of some pages."""
    return [activity.contact_id for page in pages for activity in page.activities]


class Reports:
    """Answers with pages of reports by the word in their action; past them with `end`."""

    def __init__(self, end: Reply, **pages: Sequence[Sequence[Row]]) -> None:
        self.end, self.pages = end, pages
        self.asked: list[tuple[str, int]] = []

    def __call__(self, received: Received) -> Reply:
        """Return the page that is asked for."""
        action = received.params["api_action"].removeprefix("campaign_report_").removesuffix("_list")
        page = int(received.params.get("page", 1))
        self.asked.append((action, page))
        found = self.pages.get(action, [])
        return a_page(found[page - 1]) if page <= len(found) else self.end


@pytest.mark.parametrize("report", [Report.OPENS, Report.BOUNCES, Report.UNSUBSCRIBES])
def test_a_report_ends_in_any_language(serve: Serve, connect: Connect, report: Report) -> None:
    """The words are those with which the account answers a page that cannot exist."""
    pages = [FULL, rows(21)]
    reports = Reports(HUNGARIAN, open=pages, bounce=pages, unsubscription=pages)

    found = list(connect(serve(reports).url).read(a_query(report)))

    assert ids(found) == [str(number) for number in range(1, 22)]
    assert [page for _, page in reports.asked[-1 - PROOFS :]] == [1, *range(FAR_PAGE, FAR_PAGE + PROOFS)]
    assert not any(page.is_short for page in found)


class InTrouble(Reports):
    """Answers some requests, by their number, with an error of the same shape as the end."""

    def __init__(self, *numbers: int) -> None:
        super().__init__(HUNGARIAN, open=[FULL, rows(21)])
        self._numbers = numbers

    def __call__(self, received: Received) -> Reply:
        """Return the page that is asked for, or the error."""
        found = super().__call__(received)
        return refusal("Busy") if len(self.asked) in self._numbers else found


def test_an_error_that_also_answers_a_page_that_cannot_exist_is_not_the_end(serve: Serve, connect: Connect) -> None:
    """The second page fails, and so does one of those that are asked for to learn the words for the end."""
    account = connect(serve(InTrouble(2, 4)).url)

    found = list(account.read(a_query()))

    assert ids(found) == [str(number) for number in range(1, 22)]


def test_the_words_for_the_end_are_learnt_once(serve: Serve, connect: Connect) -> None:
    """Later reports of the account cost no more than in English."""
    reports = Reports(HUNGARIAN, open=[rows(1)], bounce=[rows(2)])
    account = connect(serve(reports).url)
    list(account.read(a_query(Report.OPENS)))
    reports.asked.clear()

    assert ids(list(account.read(a_query(Report.BOUNCES)))) == ["2"]
    assert list(account.read(a_query(Report.UNSUBSCRIBES))) == []
    assert reports.asked == [("bounce", 1), ("bounce", 2), ("unsubscription", 1)]


def test_a_report_without_rows_ends_by_the_words_of_another(serve: Serve, connect: Connect) -> None:
    """The opens of the campaign show what an empty answer looks like."""
    reports = Reports(HUNGARIAN, open=[rows(1)])

    assert list(connect(serve(reports).url).read(a_query(Report.FORWARDS, expected_rows=0))) == []


def an_error(words: str, *, of: str, after: int = 0) -> Callable[[Received], Reply]:
    """Answer in Hungarian, and with an error in place of one report's pages after some."""
    reports = Reports(HUNGARIAN, open=[FULL, FULL[:3]], bounce=[FULL, rows(21)])

    def answer(received: Received) -> Reply:
        is_broken = of in received.params["api_action"] and after < int(received.params["page"]) < FAR_PAGE
        return refusal(words) if is_broken else reports(received)

    return answer


ERRORS: dict[str, Callable[[Received], Reply]] = {
    "of the first page": an_error("Nincs jogosultsága", of="bounce"),
    "of a later page": an_error("Adatbázis hiba", of="bounce", after=1),
    "without a word": an_error("", of="bounce", after=1),
    "of everything": Script(refusal("Nincs jogosultsága")),
    "that sounds like the end": Script(refusal("Nothing is returned because the database is down")),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_in_another_language_is_not_the_end(serve: Serve, connect: Connect, name: str) -> None:
    """Words that were never proven to be the end are an error, in the account's words."""
    with pytest.raises(Rejected, match="the account refuses the report"):
        list(connect(serve(ERRORS[name]).url).read(a_query(Report.BOUNCES)))


@pytest.mark.parametrize("report", [Report.OPENS, Report.BOUNCES])
def test_an_end_before_the_counters_say_so_is_asked_for_again(serve: Serve, connect: Connect, report: Report) -> None:
    """A stumble in the middle of a list costs no row."""
    script = Script(a_page(FULL), THE_END, a_page(rows(21, 22)), THE_END)

    found = list(connect(serve(script).url).read(a_query(report, expected_rows=22)))

    assert ids(found) == [str(number) for number in range(1, 23)]
    assert not any(page.is_short for page in found)


@pytest.mark.parametrize("report", [Report.OPENS, Report.BOUNCES, Report.UNSUBSCRIBES])
def test_an_end_that_stays_too_early_is_a_short_report(serve: Serve, connect: Connect, report: Report) -> None:
    """What was read is kept, and a last page says that the counters promise more."""
    account = serve(Script(a_page(FULL), THE_END))

    *pages, last = connect(account.url).read(a_query(report, expected_rows=22))

    assert ids(pages) == [str(number) for number in range(1, 21)]
    assert (last.is_short, last.activities, last.position and last.position.page) == (True, [], 2)
    assert [received.params["page"] for received in account.received] == ["1", "2", "2"]


def test_an_empty_report_against_its_counter_is_short(serve: Serve, connect: Connect) -> None:
    """Nothing at all, where something changed, is the least that can be seen."""
    (page,) = connect(serve(Script(THE_END)).url).read(a_query(changed_rows=3))

    assert page.is_short


def test_the_rows_before_a_position_count(serve: Serve, connect: Connect) -> None:
    """A report that is taken up on its third page has forty rows before it."""
    query = a_query(Report.BOUNCES, position=ReportCursor(page=3), expected_rows=41)

    pages = list(connect(serve(Script(a_page(rows(41)), THE_END)).url).read(query))

    assert [page.is_short for page in pages] == [False]


class ByMessage:
    """Shows links and forwards only to those who ask for a message, or the same ones for each."""

    def __init__(self, *, is_ignored: bool = False) -> None:
        self.is_ignored = is_ignored
        self.asked: list[str] = []

    def __call__(self, received: Received) -> Reply:
        """Return a page of a message, or the messages of a campaign."""
        if "campaignMessages" in received.target:
            return as_json({"campaignMessages": [{"messageid": "21"}, {"messageid": "22"}]})
        message_id = received.params.get("messageid", "")
        self.asked.append(message_id)
        if not message_id or int(received.params.get("page", 1)) > 1:
            return THE_END
        number = 21 if self.is_ignored else int(message_id)
        if "link_list" in received.params["api_action"]:
            return a_page([{"id": str(number), "link": "https://shop.example.com", "info": rows(number)}])
        return a_page([{**rows(number)[0], "a_times": "1"}])


@pytest.mark.parametrize("report", [Report.CLICKS, Report.FORWARDS])
def test_an_empty_list_is_asked_for_message_by_message(serve: Serve, connect: Connect, report: Report) -> None:
    """Once it was empty twice; its rows are the message's."""
    answer = ByMessage()
    account = serve(answer)

    pages = list(connect(account.url).read(a_query(report)))

    assert ids(pages) == ["21", "22"]
    assert [activity.message_id for page in pages for activity in page.activities] == ["21", "22"]
    assert answer.asked[:3] == ["", "", "21"]


@pytest.mark.parametrize("report", [Report.CLICKS, Report.FORWARDS])
def test_rows_that_every_message_shows_are_read_once(serve: Serve, connect: Connect, report: Report) -> None:
    """An account may ignore the message."""
    pages = list(connect(serve(ByMessage(is_ignored=True)).url).read(a_query(report)))

    assert ids(pages) == ["21"]


@pytest.mark.parametrize("report", [Report.CLICKS, Report.FORWARDS])
def test_what_needs_a_message_is_remembered(serve: Serve, connect: Connect, report: Report) -> None:
    """The next campaign is not asked for in vain first."""
    answer = ByMessage()
    account = connect(serve(answer).url)
    list(account.read(a_query(report)))
    answer.asked.clear()

    list(account.read(a_query(report)))

    assert set(answer.asked) == {"21", "22"}


def test_clicks_that_are_nowhere_are_a_short_report(serve: Serve, connect: Connect) -> None:
    """Neither the campaign nor any of its messages shows them."""
    account = serve(lambda got: as_json({"campaignMessages": []}) if "Messages" in got.target else THE_END)

    (page,) = connect(account.url).read(a_query(Report.CLICKS, expected_rows=5))

    assert page.is_short


def test_forwards_that_are_nowhere_are_a_short_report(serve: Serve, connect: Connect) -> None:
    """They are asked for twice, as their only page may pass for the end by mistake."""
    account = serve(lambda got: as_json({"campaignMessages": []}) if "Messages" in got.target else THE_END)

    (page,) = connect(account.url).read(a_query(Report.FORWARDS, expected_rows=2))

    assert page.is_short


def test_forwards_that_a_false_end_hides_once_are_read(serve: Serve, connect: Connect) -> None:
    """The second answer shows them."""
    query = a_query(Report.FORWARDS, expected_rows=1)

    (page,) = connect(serve(Script(THE_END, a_page(rows(1)))).url).read(query)

    assert (ids([page]), page.is_short) == (["1"], False)


def test_what_was_learnt_of_an_account_is_kept_for_its_next_delivery(serve: Serve, clock: FakeClock) -> None:
    """Each delivery makes an account of its own."""
    reports = Reports(HUNGARIAN, open=[rows(1)])
    connection, accounts = a_connection(serve(reports).url), AccountFactory(MemoryState(clock), clock)
    list(accounts.account(connection).read(a_query()))
    reports.asked.clear()

    list(accounts.account(connection).read(a_query()))

    assert reports.asked == [("open", 1), ("open", 2)]
