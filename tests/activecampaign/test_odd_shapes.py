"""Answers whose JSON has another shape than documented: each costs its row or is an error, and nothing is lost."""

import errno

import pytest

from sendtrail.activecampaign.http.errors import of_exception
from sendtrail.activecampaign.v1.envelope import TOO_DEEP
from sendtrail.domain.campaign_report import Report, ReportPage
from sendtrail.errors import SendtrailError, Unavailable, Unreadable
from tests.activecampaign.conftest import Connect, Serve
from tests.activecampaign.scripted_account import THE_END, Reply, Script, a_page, a_query, an_open, as_json

ONE, TWO = (as_json(an_open(number)).body for number in (1, 2))
SUCCESS = b'"result_code":1,"result_message":"Success"}'
DEEP = b"[" * 5_000 + b"]" * 5_000


def read(serve: Serve, connect: Connect, report: Report, body: bytes) -> list[ReportPage]:
    """Return what is made of a first page that the end follows."""
    account = serve(Script(Reply(body=body), THE_END))
    return list(connect(account.url, attempts=1).read(a_query(report, expected_rows=1)))


def contacts(pages: list[ReportPage]) -> list[str]:
    """Return the contacts of some pages."""
    return [activity.contact_id for page in pages for activity in page.activities]


def link(info: bytes) -> bytes:
    """Return a page of one link."""
    return b'{"0":{"id":"3","link":"https://x.example","info":' + info + b"}," + SUCCESS


@pytest.mark.parametrize("row", [DEEP, b'{"a":' + DEEP + b"}", b'{"a":' * 300 + b"1" + b"}" * 300])
def test_a_row_that_is_nested_deeply_costs_itself(serve: Serve, connect: Connect, row: bytes) -> None:
    """The others are read, and what stands in its place says why it is not there."""
    (page,) = read(serve, connect, Report.OPENS, b'{"0":' + ONE + b',"1":' + row + b"," + SUCCESS)

    assert contacts([page]) == ["1"]
    assert [each.raw for each in page.unreadable] == [f'"{TOO_DEEP}"']


@pytest.mark.parametrize("key", ["\u0663", "007", "99999999999999999999"])
def test_any_decimal_key_is_a_rows(serve: Serve, connect: Connect, key: str) -> None:
    """Whatever digits it is written with."""
    body = b'{"' + key.encode() + b'":' + ONE + b"," + SUCCESS

    assert contacts(read(serve, connect, Report.OPENS, body)) == ["1"]


def test_a_key_that_is_no_number_is_no_rows(serve: Serve, connect: Connect) -> None:
    """A superscript is a digit, and no decimal."""
    body = b'{"\xc2\xb2":' + TWO + b',"0":' + ONE + b"," + SUCCESS

    assert contacts(read(serve, connect, Report.OPENS, body)) == ["1"]


@pytest.mark.parametrize("rows", [b"[" + ONE + b"]", b'{"0":' + ONE + b"}"])
def test_rows_under_a_name_are_no_end(serve: Serve, connect: Connect, rows: bytes) -> None:
    """Something is returned, even if the counter says that there is nothing."""
    account = serve(Script(Reply(body=b'{"rows":' + rows + b"," + SUCCESS)))

    with pytest.raises(Unreadable, match="returns nothing"):
        list(connect(account.url, attempts=1).read(a_query(expected_rows=0)))


@pytest.mark.parametrize("code", [b"true", b"null", b'"yes"', b"2", b"[]"])
def test_a_result_code_that_is_none_is_an_error(serve: Serve, connect: Connect, code: bytes) -> None:
    """Rows beside it are not believed to be a page."""
    with pytest.raises(Unreadable, match="no result_code"):
        read(serve, connect, Report.OPENS, b'{"0":' + ONE + b',"result_code":' + code + b"}")


@pytest.mark.parametrize("stamp", ["20250601T120000-0500", "2025-06-01T12:00-05:00"])
def test_times_of_other_iso_forms_are_read(serve: Serve, connect: Connect, stamp: str) -> None:
    """The instant is the same."""
    usual, other = (an_open(1), an_open(1, at=stamp))
    found = [
        read(serve, connect, Report.OPENS, a_page([row]).body)[0].activities[0].activity_timestamp
        for row in (usual, other)
    ]

    assert found[0] == found[1]


def test_links_of_one_key_are_both_read(serve: Serve, connect: Connect) -> None:
    """No click is lost, though the account says the key twice."""
    first, second = (link(b"[" + row + b"]").removesuffix(b"," + SUCCESS) for row in (ONE, TWO))

    found = read(serve, connect, Report.CLICKS, first + b"," + second[1:] + b"," + SUCCESS)

    assert sorted(contacts(found)) == ["1", "2"]


@pytest.mark.parametrize("info", [b'"Fatal error"', b"5", b"false", b'{"rows":[' + ONE + b"]}", b"[[" + ONE + b"]]"])
def test_clicks_that_are_no_rows_are_kept_as_they_came(serve: Serve, connect: Connect, info: bytes) -> None:
    """They are no empty list."""
    (page,) = read(serve, connect, Report.CLICKS, link(info))

    assert (page.activities, len(page.unreadable)) == ([], 1)


def test_two_documents_in_one_body_are_asked_for_again(serve: Serve, connect: Connect) -> None:
    """Which of them is meant is not to be guessed."""
    with pytest.raises(Unavailable, match="not JSON"):
        read(serve, connect, Report.CLICKS, 2 * link(b"[" + ONE + b"]"))


def test_control_characters_in_a_link_are_kept(serve: Serve, connect: Connect) -> None:
    """The click is read."""
    body = link(b"[" + ONE + b"]").replace(b"x.example", b"x\\u0000.example")

    assert contacts(read(serve, connect, Report.CLICKS, body)) == ["1"]


@pytest.mark.parametrize("length", [b"-5", b"abc"])
def test_a_length_that_is_none_does_not_hang(serve: Serve, connect: Connect, length: bytes) -> None:
    """It ends in an error, or in the rows."""
    raw = [b"HTTP/1.1 200 OK\r\nContent-Length: " + length + b"\r\n\r\n{}"]
    account = serve(Script(Reply(raw=raw)))

    with pytest.raises(SendtrailError):
        list(connect(account.url, attempts=1).read(a_query(expected_rows=1)))


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_machine_without_room_for_an_answer_is_told_apart_from_an_account_that_breaks_off(code: int) -> None:
    """The sentence says what to do."""
    bad = of_exception(OSError(code, "no"))

    assert bad.problem.error is Unavailable
    assert "free some space" in bad.problem.sentence
