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
        """Return the page that is asked for; no campaign has messages that are listed."""
        if "campaignMessages" in received.target:
            return as_json({"campaignMessages": []})
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
    assert list(account.read(a_query(Report.UNSUBSCRIBES, expected_rows=0))) == []
    assert reports.asked == [("bounce", 1), ("bounce", 2), ("unsubscription", 1)]


def test_a_report_without_rows_ends_by_the_words_of_another(serve: Serve, connect: Connect) -> None:
    """The opens of the campaign show what an empty answer looks like."""
    reports = Reports(HUNGARIAN, open=[rows(1)])

    assert list(connect(serve(reports).url).read(a_query(Report.FORWARDS, expected_rows=0))) == []


def an_error(words: str, *, of: str, after: int = 0) -> Callable[[Received], Reply]:
    """Answer in Hungarian, and with an error in place of one report's pages after some."""
    reports = Reports(HUNGARIAN, open=[FULL, FULL[:3]], bounce=[FULL, rows(21)])

    def answer(received: Received) -> Reply:
        if "campaignMessages" in received.target:
            return reports(received)
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


def test_unsubscriptions_are_counted_by_contact(serve: Serve, connect: Connect) -> None:
    """Some accounts have a row per list, so that rows reach a counter of contacts long before the end."""
    per_list = [{**row, "listid": str(list_id)} for row in rows(*range(1, 15)) for list_id in (1, 2, 3)]
    script = Script(a_page(per_list[:20]), THE_END, a_page(per_list[20:40]), a_page(per_list[40:]), THE_END)
    query = a_query(Report.UNSUBSCRIBES, expected_rows=14)

    pages = list(connect(serve(script).url).read(query))

    assert len(ids(pages)) == 42


def test_an_empty_report_against_its_counter_is_short(serve: Serve, connect: Connect) -> None:
    """Nothing at all, where something changed, is the least that can be seen."""
    (page,) = connect(serve(Reports(THE_END)).url).read(a_query(changed_rows=3))

    assert page.is_short


def test_the_rows_before_a_position_count(serve: Serve, connect: Connect) -> None:
    """A report that is taken up on its third page has forty rows before it."""
    query = a_query(Report.BOUNCES, position=ReportCursor(page=3), expected_rows=41)

    pages = list(connect(serve(Script(a_page(rows(41)), THE_END)).url).read(query))

    assert [page.is_short for page in pages] == [False]


class ByMessage:
    """Shows reports only to those who ask for a message, or the same rows for each."""

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
        extra = {"a_times": "1"} if "forward" in received.params["api_action"] else {}
        return a_page([{**rows(number)[0], **extra}])


@pytest.mark.parametrize("report", list(Report))
def test_an_empty_list_is_asked_for_message_by_message(serve: Serve, connect: Connect, report: Report) -> None:
    """Once it was empty twice; its rows are the message's."""
    answer = ByMessage()
    account = serve(answer)

    pages = list(connect(account.url).read(a_query(report)))

    assert ids(pages) == ["21", "22"]
    assert [activity.message_id for page in pages for activity in page.activities] == ["21", "22"]
    assert answer.asked[:3] == ["", "", "21"]


@pytest.mark.parametrize("report", list(Report))
def test_rows_that_every_message_shows_are_read_once(serve: Serve, connect: Connect, report: Report) -> None:
    """An account may ignore the message."""
    pages = list(connect(serve(ByMessage(is_ignored=True)).url).read(a_query(report)))

    assert ids(pages) == ["21"]


@pytest.mark.parametrize("report", list(Report))
def test_what_needs_a_message_is_remembered(serve: Serve, connect: Connect, report: Report) -> None:
    """The next campaign is not asked for in vain first."""
    answer = ByMessage()
    account = connect(serve(answer).url)
    list(account.read(a_query(report)))
    answer.asked.clear()

    list(account.read(a_query(report)))

    assert set(answer.asked) == {"21", "22"}


@pytest.mark.parametrize("report", list(Report))
def test_rows_that_are_nowhere_are_a_short_report(serve: Serve, connect: Connect, report: Report) -> None:
    """Neither the campaign nor any of its messages shows them."""
    (page,) = connect(serve(Reports(THE_END)).url).read(a_query(report, expected_rows=5))

    assert page.is_short


@pytest.mark.parametrize("report", list(Report))
def test_a_report_whose_messages_are_refused_is_short(serve: Serve, connect: Connect, report: Report) -> None:
    """Its counter says what is missing; it costs no other report."""
    account = serve(lambda got: as_json({}, status=403) if "Messages" in got.target else THE_END)

    (page,) = connect(account.url).read(a_query(report, expected_rows=5))

    assert page.is_short


def test_messages_that_are_refused_are_an_error_where_no_counter_says_what_is_missing(
    serve: Serve, connect: Connect
) -> None:
    """Otherwise nothing would."""
    account = serve(lambda got: as_json({}, status=403) if "Messages" in got.target else THE_END)

    with pytest.raises(Rejected, match="campaignMessages"):
        list(connect(account.url).read(a_query(Report.BOUNCES)))


class Long:
    """Shows the opens of two messages, two pages each, only by message."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def __call__(self, received: Received) -> Reply:
        """Return a page of a message, or the messages with a counter of their own."""
        if "campaignMessages" in received.target:
            return as_json({"campaignMessages": [{"messageid": str(one), "uniqueopens": "22"} for one in (21, 22)]})
        message_id, page = received.params.get("messageid", ""), int(received.params["page"])
        self.asked.append((message_id, page))
        if not message_id or page > 2:
            return THE_END
        first = int(message_id) * 100 + 20 * page
        return a_page(rows(*range(first, first + (20 if page == 1 else 2))))


def test_a_report_that_is_read_by_message_can_be_resumed(serve: Serve, connect: Connect) -> None:
    """A position names the message: what was read of those before it is not read again."""
    answer = Long()
    account = serve(answer)
    pages = list(connect(account.url).read(a_query(Report.OPENS, expected_rows=44)))
    answer.asked.clear()

    position = pages[2].position
    assert position is not None
    rest = list(connect(account.url).read(a_query(Report.OPENS, expected_rows=44, position=position)))

    assert ids(rest) == ids(pages[3:])
    assert answer.asked[0] == ("22", 2)
    assert "21" not in {message_id for message_id, _ in answer.asked}


def test_a_message_that_falls_short_of_its_own_counter_makes_a_short_report(serve: Serve, connect: Connect) -> None:
    """The counters of several messages are their own."""

    def answer(received: Received) -> Reply:
        if "campaignMessages" in received.target:
            return as_json({"campaignMessages": [{"messageid": "21", "unsubscribes": "2"}, {"messageid": "22"}]})
        is_shown = received.params.get("messageid") == "21" and received.params["page"] == "1"
        return a_page(rows(1)) if is_shown else THE_END

    pages = list(connect(serve(answer).url).read(a_query(Report.UNSUBSCRIBES, expected_rows=3)))

    assert (ids(pages), [page.is_short for page in pages]) == (["1"], [False, True])


def test_a_report_that_was_shown_whole_is_not_asked_for_by_message(serve: Serve, connect: Connect) -> None:
    """Where its counter cannot be read: an empty list of such an account is empty."""
    answer = Reports(THE_END, bounce=[rows(1)])
    account = connect(serve(answer).url)
    list(account.read(a_query(Report.BOUNCES)))
    answer.pages, answer.asked = {}, []

    assert list(account.read(a_query(Report.BOUNCES))) == []
    assert answer.asked == [("bounce", 1)]


@pytest.mark.parametrize("report", list(Report))
def test_words_for_the_end_are_learnt_where_messages_have_to_be_named(
    serve: Serve, connect: Connect, report: Report
) -> None:
    """No report has rows without a message, so the page that cannot exist is one of a message."""

    def answer(received: Received) -> Reply:
        found = by_message(received)
        return HUNGARIAN if found is THE_END else found

    by_message = ByMessage()

    assert ids(list(connect(serve(answer).url).read(a_query(report, expected_rows=2)))) == ["21", "22"]


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
