"""Answers as broken and hostile accounts give them, at the transport: each ends in rows or in an error, soon."""

import gzip
import threading
import tracemalloc
from collections.abc import Iterator

import pytest

from sendtrail.activecampaign.account import Account
from sendtrail.activecampaign.http.client import Timeouts
from sendtrail.domain.campaign_report import Report
from sendtrail.errors import Rejected, SendtrailError, Unavailable, Unreadable
from tests.activecampaign.conftest import Connect, Serve
from tests.activecampaign.scripted_account import (
    THE_END,
    CountingBudget,
    Reply,
    Script,
    a_connection,
    a_page,
    a_query,
    an_open,
    as_json,
)
from tests.fakes import FakeClock

PAGE = a_page([an_open(1), an_open(2)]).body
BOM = b"\xef\xbb\xbf"
WARNING = b"<br />\n<b>Warning</b>:  Undefined {index} in <b>/srv/a.php</b> on line <b>12</b><br />\n"
HEAD = b"HTTP/1.1 200 OK\r\n"
MEGABYTE = 1_000_000

READABLE = {
    "a byte-order mark": BOM + PAGE,
    "two of them, and blanks": BOM + b" " + BOM + b" \r\n\t" + PAGE + b"\n",
    "a warning of PHP": WARNING + PAGE,
    "a mark and a warning": BOM + WARNING + PAGE,
    "bytes that are no text": PAGE.replace(b"c1@", b"\xff\xfe@"),
    "half of a pair": PAGE.replace(b"c1@", b"\\ud83d@"),
    "the other half": PAGE.replace(b"c1@", b"\\\\\\udc00@"),
    "control characters": PAGE.replace(b"c1@", b"c1\x00\x1b@"),
    "a pair, and a mark": BOM + PAGE.replace(b"c1@", b"\\ud83d\\ude00@"),
}


@pytest.mark.parametrize("name", READABLE)
def test_a_body_that_is_almost_json_is_read(serve: Serve, connect: Connect, name: str) -> None:
    """What stands before it is left out, and what is no text costs a replacement character, not the report."""
    account = serve(Script(Reply(body=READABLE[name]), THE_END))

    (page,) = connect(account.url).read(a_query(expected_rows=2))

    assert [activity.contact_id for activity in page.activities] == ["1", "2"]
    assert page.activities[0].contact_email.encode().endswith(b"@example.com")


def test_a_pair_of_escapes_stays_a_character(serve: Serve, connect: Connect) -> None:
    """Only halves are replaced."""
    body = PAGE.replace(b"c1@", b"\\ud83d\\ude00\\ud83d@")
    account = serve(Script(Reply(body=body), THE_END))

    (page,) = connect(account.url).read(a_query(expected_rows=2))

    assert page.activities[0].contact_email == "\U0001f600\ufffd@example.com"


def raw(*lines: bytes) -> Reply:
    """Return a reply of a head and whatever follows it."""
    return Reply(raw=[HEAD + b"\r\n".join(lines)])


def compressed(body: bytes, **more: bytes) -> Reply:
    """Return a reply whose body is said to be compressed."""
    return Reply(body=body, headers={"Content-Encoding": more.get("encoding", b"gzip").decode()})


UNREADABLE: dict[str, tuple[Reply, type[SendtrailError], str]] = {
    "a negative chunk": (raw(b"Transfer-Encoding: chunked", b"", b"-5", b"x"), Unavailable, "cannot be understood"),
    "a chunk without a size": (raw(b"Transfer-Encoding: chunked", b"", b"ZZ", b"x"), Unavailable, "broke off"),
    "a length of 5,000 digits": (raw(b"Content-Length: " + b"9" * 5_000, b"", b"{}"), Unreadable, "no result_code"),
    "a length beyond the body": (raw(b"Content-Length: 99999999999999", b"", b"{}"), Unavailable, "broke off"),
    "two lengths": (raw(b"Content-Length: 5", b"Content-Length: 9", b"", b"{}"), Unavailable, ""),
    "500 headers": (raw(*[b"X: y"] * 500, b"", b"{}"), Unavailable, ""),
    "a header of 100 kB": (raw(b"X: " + b"y" * 100_000, b"", b"{}"), Unavailable, ""),
    "no HTTP": (Reply(raw=[b"\x00\xff\x00garbage\r\n\r\n"]), Unavailable, ""),
    "nothing at all": (Reply(raw=[]), Unavailable, "breaks off"),
    "not gzip, though it is said": (compressed(PAGE), Unavailable, "decompressed"),
    "gzip cut off": (compressed(gzip.compress(PAGE)[:-9]), Unavailable, "broke off"),
    "an encoding nobody asked for": (compressed(PAGE, encoding=b"br"), Unavailable, "decompressed"),
    "an empty body": (Reply(body=BOM + b"\r\n "), Unavailable, "is empty"),
    "JSON as deep as it is long": (Reply(body=b'{"0":' + b"[" * 100_000), Unavailable, "not JSON"),
    "a key of 5,000 digits": (as_json({"9" * 5_000: an_open(1), "result_code": 1}), Unavailable, "understood"),
    "rows, and a word that there are none": (
        as_json({"0": an_open(1), "result_code": 0, "result_message": "Failed: Nothing is returned"}),
        Unreadable,
        "returns rows and says that it does not",
    ),
    "an error in XML": (Reply(body=b"<root><error>Account is not active</error></root>"), Rejected, "is not active"),
    "a line of text": (Reply(body=b"Account is not active"), Unavailable, "words: Account is not active"),
    "an error in JSON": (as_json({"message": "Account expired"}), Unreadable, "Account expired"),
    "a page beyond its limit": (
        Reply(body=b" " * 5 * MEGABYTE),
        Unreadable,
        "larger than 4,000 kB",
    ),
    "a page that inflates": (compressed(gzip.compress(b" " * 50 * MEGABYTE)), Unreadable, "larger than 4,000 kB"),
    "an error that inflates": (
        Reply(status=400, body=gzip.compress(b" " * 50 * MEGABYTE), headers={"Content-Encoding": "gzip"}),
        Rejected,
        "HTTP 400",
    ),
    "an error cut off": (Reply(raw=[b"HTTP/1.1 403 No\r\nContent-Length: 99\r\n\r\n{"]), Rejected, "HTTP 403"),
    "a redirect that inflates": (
        Reply(
            status=302,
            body=gzip.compress(b" " * 50 * MEGABYTE),
            headers={"Content-Encoding": "gzip", "Location": "http://127.0.0.1:1/"},
        ),
        Rejected,
        "leads somewhere else",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_answer_that_is_none_is_an_error_in_a_sentence(serve: Serve, connect: Connect, name: str) -> None:
    """Whatever goes wrong while it is read, and in little memory."""
    reply, error, words = UNREADABLE[name]
    account = serve(Script(reply))
    tracemalloc.start()
    try:
        with pytest.raises(error, match=f"opens of campaign 7, page 1: .*{words}"):
            list(connect(account.url, attempts=2).read(a_query()))
        _, most_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most_bytes < 30 * MEGABYTE


def test_a_page_that_is_compressed_is_read(serve: Serve, connect: Connect) -> None:
    """In one piece or in several."""
    body = gzip.compress(PAGE[:50]) + gzip.compress(PAGE[50:])
    account = serve(Script(compressed(body), THE_END))

    (page,) = connect(account.url).read(a_query(expected_rows=2))

    assert len(page.activities) == 2
    assert account.received[0].headers["Accept-Encoding"] == "gzip"


def test_a_number_that_json_does_not_have_costs_its_row(serve: Serve, connect: Connect) -> None:
    """Laxer writers than JSON's put NaN and Infinity where a division failed."""
    odd = a_page([an_open(1), {**an_open(2), "times": "odd"}, {**an_open(3), "note": "odd"}]).body.replace(
        b'"times":"odd"', b'"times":NaN'
    )
    account = serve(Script(Reply(body=odd.replace(b'"note":"odd"', b'"note":-Infinity')), THE_END))

    (page,) = connect(account.url).read(a_query(expected_rows=3))

    assert [activity.contact_id for activity in page.activities] == ["1", "3"]
    assert [row.reason for row in page.unreadable] == ["a row's times is no credible number"]


HEADERS = {
    "RateLimit-Remaining": "9" * 5_000,
    "RateLimit-Limit": "9" * 400,
    "Retry-After": "9" * 5_000,
    "Set-Cookie": "\xff=\xff; expires=Thu, 99 Foo 99999",
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_means_nothing_is_passed_over(
    serve: Serve, connect: Connect, budget: CountingBudget, name: str
) -> None:
    """The answer is read all the same."""
    account = serve(Script(Reply(body=PAGE, headers={name: HEADERS[name]}), THE_END))

    (page,) = connect(account.url).read(a_query(expected_rows=2))

    assert len(page.activities) == 2
    assert budget.observed_limits[0] == (None, None)


PAUSES = ["", "soon", "-5", "1e400", "9" * 400, "Thu, 01 Jan 9999 00:00:00 -9999"]


@pytest.mark.parametrize("pause", PAUSES)
def test_a_pause_that_cannot_be_read_means_a_second(
    serve: Serve, connect: Connect, budget: CountingBudget, pause: str
) -> None:
    """Nobody waits for ever, nor crashes."""
    account = serve(Script(Reply(status=429, headers={"Retry-After": pause}), THE_END))

    assert list(connect(account.url).read(a_query(expected_rows=0))) == []
    assert budget.backed_off == [1.0]


def dripping(clock: FakeClock, head: bytes, piece: bytes) -> Iterator[bytes]:
    """Yield an answer a piece a second."""
    yield head
    for _ in range(100_000):
        clock.advance(1.0)
        yield piece


DRIPS = {
    "headers": (HEAD + b"X: ", b"y"),
    "a body of known length": (HEAD + b"Content-Length: 999999\r\n\r\n", b" "),
    "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "a body without an end": (HEAD + b"\r\n", b" "),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


@pytest.mark.parametrize("name", DRIPS)
def test_an_answer_that_drips_is_given_up_in_time(
    serve: Serve, budget: CountingBudget, clock: FakeClock, name: str
) -> None:
    """A byte now and then does not hold a worker for ever: the whole of an answer has a time limit, headers and all."""
    account = serve(lambda _: Reply(raw=dripping(clock, *DRIPS[name])))
    reader = Account(a_connection(account.url), budget=budget, clock=clock)

    with pytest.raises(Unavailable, match="takes too long to answer"):
        list(reader.read(a_query(Report.BOUNCES)))

    assert len(account.received) == 1


HELD_UP: dict[str, list[bytes]] = {"drips": [HEAD + b"Content-Length: 999999\r\n\r\n", b" ", b" "], "says nothing": []}


@pytest.mark.parametrize("name", HELD_UP)
def test_an_answer_is_given_up_when_the_run_is_stopped(
    serve: Serve, budget: CountingBudget, clock: FakeClock, name: str
) -> None:
    """Soon, and without another attempt, although its time is not over."""
    stop, is_over = threading.Event(), threading.Event()

    def pieces() -> Iterator[bytes]:
        stop.set()
        yield from HELD_UP[name]
        is_over.wait(60)

    account = serve(lambda _: Reply(raw=pieces()))
    reader = Account(a_connection(account.url), budget=budget, clock=clock, timeouts=Timeouts(is_stopped=stop.is_set))

    with pytest.raises(Unavailable, match="the run is stopped"):
        list(reader.read(a_query()))
    is_over.set()

    assert len(account.received) == 1
