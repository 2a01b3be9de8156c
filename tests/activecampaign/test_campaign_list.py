"""The list of campaigns, with the real client."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.activecampaign.account import Account
from sendtrail.activecampaign.v3 import lists
from sendtrail.activecampaign.v3.campaigns import campaign
from sendtrail.domain.campaign import COUNTERS, Campaign, CampaignMessage
from sendtrail.domain.campaign_report import UnreadableRow
from sendtrail.errors import Unavailable, Unreadable
from sendtrail.state.documents import to_document
from tests.activecampaign.conftest import Connect, Serve
from tests.activecampaign.scripted_account import CountingBudget, Received, Reply, Script, a_connection, as_json
from tests.fakes import FakeClock

DATA = json.loads((Path(__file__).parent / "data" / "campaigns.json").read_text(encoding="utf-8"))


def offsets(size: int, *, total: object = "absent", limit: int = 100) -> Callable[[Received], Reply]:
    """Answer with the part of a list of so many campaigns that is asked for, `limit` rows at most."""

    def answer(received: Received) -> Reply:
        start = int(received.params["offset"])
        most = min(limit, int(received.params["limit"]))
        return page(range(size)[start : start + most], total=total)

    return answer


def page(numbers: Sequence[int], *, total: object = "absent") -> Reply:
    """Return a page of the list."""
    rows = [{"id": str(number)} for number in numbers]
    return as_json({"campaigns": rows} if total == "absent" else {"campaigns": rows, "meta": {"total": total}})


def ids(found: Sequence[Campaign]) -> list[int]:
    """Return the ids of campaigns."""
    return [one.campaign_id for one in found]


def test_a_row_becomes_a_campaign(serve: Serve, connect: Connect) -> None:
    """Strings, numbers and the many words for nothing are read as the file beside this test says."""
    account = serve(Script(as_json({"campaigns": DATA["rows"], "meta": {"total": "3"}})))

    found = [to_document(one) for one in connect(account.url).campaigns()]

    assert json.loads(json.dumps(found, default=lambda moment: moment.isoformat())) == DATA["expected"]


@pytest.mark.parametrize("total", ["250", 250])
def test_the_total_says_where_the_list_ends(serve: Serve, connect: Connect, total: object) -> None:
    """It is a string or a number, and spares the request for an empty page."""
    account = serve(offsets(250, total=total))

    assert ids(list(connect(account.url).campaigns())) == list(range(250))
    assert [received.params["offset"] for received in account.received] == ["0", "100", "200"]


@pytest.mark.parametrize("total", ["absent", "many", None])
def test_without_a_total_the_list_ends_with_an_empty_page(serve: Serve, connect: Connect, total: object) -> None:
    """A short page is not the end, and an empty one is asked for twice."""
    account = serve(offsets(150, total=total))

    assert ids(list(connect(account.url).campaigns())) == list(range(150))
    assert [received.params["offset"] for received in account.received] == ["0", "100", "150", "150"]


LIES = {"zero": "0", "null": None, "the page's own count": "100", "too low": 120, "one short": 249}


@pytest.mark.parametrize("name", LIES)
def test_a_full_page_is_never_the_last_whatever_the_total_says(serve: Serve, connect: Connect, name: str) -> None:
    """It is evidence, not truth."""
    account = serve(offsets(250, total=LIES[name]))

    assert ids(list(connect(account.url).campaigns())) == list(range(250))


def test_a_list_as_long_as_a_page_is_followed_by_another_request(serve: Serve, connect: Connect) -> None:
    """Only an empty page shows that a total is not just the page's own count."""
    account = serve(offsets(100, total="100"))

    assert len(list(connect(account.url).campaigns())) == 100
    assert [received.params["offset"] for received in account.received] == ["0", "100"]


def test_a_page_of_the_default_size_counts_as_full(serve: Serve, connect: Connect) -> None:
    """An account that does not heed the limit gives twenty rows."""
    account = serve(offsets(50, total="20", limit=20))

    assert ids(list(connect(account.url).campaigns())) == list(range(50))


def test_an_empty_page_without_a_total_may_be_a_stumble(serve: Serve, connect: Connect) -> None:
    """It is asked for again, and the rows are there."""
    account = serve(Script(page(range(100)), page([]), page([100]), page([])))

    assert ids(list(connect(account.url).campaigns())) == list(range(101))


def test_a_list_without_an_end_is_given_up(serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account that makes up new rows for ever would otherwise be listed for ever."""
    monkeypatch.setattr(lists, "MAX_ROWS", 1_000)
    account = serve(lambda received: page(range(int(received.params["offset"]), int(received.params["offset"]) + 100)))

    with pytest.raises(Unreadable, match="instead of coming to an end"):
        list(connect(account.url).campaigns())


def test_the_offset_advances_by_the_rows_received(serve: Serve, connect: Connect) -> None:
    """A limit above the account's own is silently clamped."""
    account = serve(offsets(90, total="90", limit=40))

    assert ids(list(connect(account.url).campaigns())) == list(range(90))
    assert [received.params["offset"] for received in account.received] == ["0", "40", "80"]


def test_an_empty_page_before_the_total_is_no_end(serve: Serve, connect: Connect) -> None:
    """It is asked for again, and an error in the end."""
    account = serve(Script(page(range(100), total="250"), page([], total="250")))

    with pytest.raises(Unavailable, match="campaigns from 100 on: an empty page, and there are 250"):
        list(connect(account.url, attempts=2).campaigns())

    assert account.received[-1].params["offset"] == "100"


class Hiding:
    """A list of 150 campaigns whose second page is empty, as long as it is asked for as a page of a hundred."""

    def __init__(self, *, total: int) -> None:
        self.total = total

    def __call__(self, received: Received) -> Reply:
        """Answer a request for the list."""
        start, limit = int(received.params["offset"]), int(received.params["limit"])
        is_hidden = start == 100 and limit == 100
        return page([] if is_hidden else range(150)[start : start + limit], total=str(self.total))


@pytest.mark.parametrize("total", [150, 225])
def test_a_page_that_stays_empty_is_no_end_where_others_show_more(serve: Serve, connect: Connect, total: int) -> None:
    """Whether the total is right or not: a single row is asked for where the list should go on."""
    with pytest.raises(Unavailable, match=f"campaigns from 100 on: an empty page, and there are {total}"):
        list(connect(serve(Hiding(total=total)).url, attempts=2).campaigns())


def test_campaigns_that_only_another_order_shows_are_no_end(serve: Serve, connect: Connect) -> None:
    """The list passes for ended after a hundred, and begins with others when it is turned round."""

    def answer(received: Received) -> Reply:
        start = int(received.params["offset"])
        numbers = range(150)[::-1] if received.params.get("orders[sdate]") == "DESC" else range(100)
        return page(numbers[start : start + int(received.params["limit"])], total="150")

    with pytest.raises(Unavailable, match="an empty page"):
        list(connect(serve(answer).url, attempts=2).campaigns())


@pytest.mark.parametrize("size", [1, 20, 100, 250])
def test_a_total_that_is_always_too_high_blocks_nothing_and_is_said_once(
    serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture, size: int
) -> None:
    """Whichever way the list is asked for, it is the same: then the list is believed."""
    account = connect(serve(offsets(size, total=str(size + 100))).url)

    assert ids(list(account.campaigns())) == list(range(size))
    assert ids(list(account.campaigns())) == list(range(size))
    (said,) = [record.message for record in caplog.records if "whichever way" in record.message]
    assert f"says that there are {size + 100}, and lists {size}" in said


def test_an_empty_list_against_its_total_is_never_believed(serve: Serve, connect: Connect) -> None:
    """Nothing speaks for it: every campaign would be left out."""
    with pytest.raises(Unavailable, match=r"^campaigns: an empty page, and there are 4"):
        list(connect(serve(Script(page([], total="4"))).url, attempts=2).campaigns())


def test_an_empty_page_that_fills_is_read(serve: Serve, connect: Connect) -> None:
    """Once more, and the rows are there."""
    account = serve(Script(page(range(2), total="3"), page([], total="3"), page([2], total="3")))

    assert ids(list(connect(account.url).campaigns())) == [0, 1, 2]


def test_a_list_that_shifts_yields_each_campaign_once(serve: Serve, connect: Connect) -> None:
    """A campaign made meanwhile moves the others down, so that some are seen twice: it is read once more."""
    pages = page([3, 2], total="3"), page([2, 1], total="4"), page([], total="4"), page([4, 3, 2, 1], total="4")
    account = serve(Script(*pages))

    assert ids(list(connect(account.url).campaigns())) == [3, 2, 1, 4]


def test_a_list_whose_rows_move_up_is_read_again(serve: Serve, connect: Connect) -> None:
    """A campaign was deleted meanwhile, so that another moved over the border of the page, and its total says so."""
    account = serve(Script(page([5, 4, 3], total="5"), page([1], total="4"), page([5, 3, 2, 1], total="4")))

    assert ids(list(connect(account.url).campaigns())) == [5, 4, 3, 1, 2]


def test_a_list_in_another_order_each_time_is_read_as_long_as_it_shows_new_rows(serve: Serve, connect: Connect) -> None:
    """Whatever the account sorts by."""
    pages = [[1, 2, 3], [3, 1, 4], [], [5, 6, 1], [2, 3, 4], []]
    account = serve(Script(*(page(numbers, total="6") for numbers in pages)))

    assert sorted(ids(list(connect(account.url).campaigns()))) == [1, 2, 3, 4, 5, 6]


def test_a_list_that_never_comes_to_rest_says_that_rows_may_be_missing(
    serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    """Each reading shows one campaign twice and one that was not there before."""
    readings = [page([100, number, 100], total="3") for number in range(lists.MAX_PASSES)]
    account = serve(Script(*readings))

    found = list(connect(account.url).campaigns())

    assert sorted(ids(found)) == [*range(lists.MAX_PASSES), 100]
    assert "some may be left out of this run" in caplog.text


def test_a_total_that_jumps_costs_one_more_reading(serve: Serve, connect: Connect) -> None:
    """And no error, as nothing new comes of it."""
    totals = iter(range(1_000, 10_000))

    def answer(received: Received) -> Reply:
        start, limit = int(received.params["offset"]), int(received.params["limit"])
        return page(range(150)[start : start + limit], total=str(next(totals)))

    assert ids(list(connect(serve(answer).url).campaigns())) == list(range(150))


def test_a_list_may_be_an_object_with_numbers_for_keys(serve: Serve, connect: Connect) -> None:
    """PHP writes an array with gaps like this; what is no list either way is an error."""
    rows = {"10": {"id": "3"}, "0": {"id": "1"}, "2": {"id": " 2 "}}
    account = serve(Script(as_json({"campaigns": rows, "meta": {"total": "3"}})))

    assert ids(list(connect(account.url).campaigns())) == [1, 2, 3]


def test_an_account_without_campaigns_has_none(serve: Serve, connect: Connect) -> None:
    """An empty list is a list."""
    assert list(connect(serve(Script(page([], total="0"))).url).campaigns()) == []


@pytest.mark.parametrize("total", ["absent", "250"])
def test_an_account_that_ignores_the_offset_is_found_out(serve: Serve, connect: Connect, total: object) -> None:
    """The first page over and over is no list."""
    account = serve(Script(page(range(100), total=total)))

    with pytest.raises(Unreadable, match="repeats a page"):
        list(connect(account.url).campaigns())


@pytest.mark.parametrize("row", [{"name": "no id"}, {"id": "x"}, {"id": None}, "a word", None])
def test_a_campaign_without_an_id_costs_itself_and_is_reported(
    serve: Serve, budget: CountingBudget, clock: FakeClock, row: object
) -> None:
    """A campaign that cannot be named cannot be synced, nor left out in silence."""
    account = serve(Script(as_json({"campaigns": [{"id": "1"}, row, {"id": "3"}], "meta": {"total": "3"}})))
    left_out: list[UnreadableRow] = []
    reader = Account(a_connection(account.url), budget=budget, clock=clock, on_unreadable=left_out.append)

    assert ids(list(reader.campaigns())) == [1, 3]
    assert left_out == [
        UnreadableRow(report="campaigns", page=1, reason="a row's id is no number", raw=json.dumps(row))
    ]


UNREADABLE_COUNTERS = ["1,234", "", None, "many", 12.5, True]


@pytest.mark.parametrize("value", UNREADABLE_COUNTERS)
def test_a_counter_that_cannot_be_read_is_unknown_and_never_zero(value: object) -> None:
    """A campaign with such a `send_amt` may have been sent, so it is synced."""
    found = campaign(7, {"send_amt": value, "opens": value})

    assert found.counters == {}
    assert found.was_sent


@pytest.mark.parametrize("value", [100, "100", 100.0, "100.0"])
def test_a_whole_number_may_be_written_in_many_ways(value: object) -> None:
    """All of them are a hundred."""
    assert campaign(7, {"send_amt": value}).counters == {"send_amt": 100}


@pytest.mark.parametrize("status", ["6", 7, "91"])
def test_a_status_that_is_not_documented_is_kept(status: object) -> None:
    """Disabled and pending review exist, and there may be more."""
    assert campaign(7, {"status": status}).status == int(str(status))


@pytest.mark.parametrize("content", [{}, {"campaigns": None}, {"campaigns": {}}, {"message": "hello"}])
def test_an_answer_without_the_list_is_unreadable(serve: Serve, connect: Connect, content: object) -> None:
    """It is asked for again first."""
    account = serve(Script(as_json(content)))

    with pytest.raises(Unreadable, match="no list of campaigns"):
        list(connect(account.url, attempts=2).campaigns())

    assert len(account.received) == 2


def test_messages_are_named_once_each(serve: Serve, connect: Connect) -> None:
    """In the account's order, with the counters that can be read, without those that are none."""
    rows: list[dict[str, object]] = [
        {"messageid": "22", "uniqueopens": "7", "opens": "many"},
        {"messageid": 21},
        {"messageid": "22"},
        {"messageid": "0"},
        {},
    ]
    account = serve(Script(as_json({"campaignMessages": rows})))

    assert connect(account.url).campaign_messages(7) == [
        CampaignMessage(message_id="22", counters={"uniqueopens": 7}),
        CampaignMessage(message_id="21", counters={}),
    ]


@pytest.mark.parametrize("total", ["absent", "230", "9"])
def test_all_messages_are_named_however_many_there_are(serve: Serve, connect: Connect, total: str) -> None:
    """They come in pages like any list."""

    def answer(received: Received) -> Reply:
        start = int(received.params.get("offset", 0))
        rows = [{"messageid": str(number)} for number in range(1, 231)[start : start + 100]]
        return as_json({"campaignMessages": rows} | ({} if total == "absent" else {"meta": {"total": total}}))

    assert len(connect(serve(answer).url).campaign_messages(7)) == 230


def test_messages_of_an_account_that_ignores_the_offset_are_named_once(serve: Serve, connect: Connect) -> None:
    """The same page again brings nothing new."""
    rows = [{"messageid": str(number)} for number in range(1, 101)]

    assert len(connect(serve(Script(as_json({"campaignMessages": rows}))).url).campaign_messages(7)) == 100


@given(
    row=st.dictionaries(
        st.sampled_from([*COUNTERS, "name", "type", "status", "automation", "seriesid", "sdate", "cdate"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers(), max_size=1),
    )
)
def test_any_row_is_a_campaign(row: dict[str, Any]) -> None:
    """Junk in a field leaves that field empty, and the campaign is synced all the same."""
    found = campaign(7, row)

    assert set(found.counters) <= set(COUNTERS)
    assert all(abs(value) < 10**18 for value in found.counters.values())
