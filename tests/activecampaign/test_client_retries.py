"""What the client does when an account does not answer properly, at the transport."""

import logging
import ssl
import threading
from datetime import timedelta
from email.utils import format_datetime

import pytest
import requests

from sendtrail.activecampaign.account import Account
from sendtrail.activecampaign.http.errors import of_exception
from sendtrail.errors import KeyRefused, Rejected, SendtrailError, Unavailable
from tests.activecampaign.conftest import Connect, Serve
from tests.activecampaign.scripted_account import (
    NOT_ALLOWED,
    CountingBudget,
    Reply,
    Script,
    a_connection,
    as_json,
)
from tests.fakes import FakeClock

GOOD = as_json({"campaignMessages": [{"messageid": "5"}]})
EMPTY = Reply(body=b"")
TRUNCATED = Reply(body=GOOD.body[:-3])
HTML = Reply(body=b"<!DOCTYPE html><title>Maintenance</title>")
CUT = Reply(body=GOOD.body, cut=True)
CUT_CHUNKED = Reply(body=GOOD.body, cut=True, chunked=True)
TWO_OBJECTS = Reply(status=404, body=b'{"message":"No Result found"}{"errors":[{"title":"Not Found"}]}')

PASSING: dict[str, tuple[Reply, type[SendtrailError]]] = {
    "401": (Reply(status=401), KeyRefused),
    "403": (Reply(status=403), KeyRefused),
    "408": (Reply(status=408), Unavailable),
    "425": (Reply(status=425), Unavailable),
    "500": (Reply(status=500), Unavailable),
    "502 with HTML": (Reply(status=502, body=HTML.body), Unavailable),
    "503": (Reply(status=503), Unavailable),
    "204": (Reply(status=204, body=b""), Unavailable),
    "empty body": (EMPTY, Unavailable),
    "truncated JSON": (TRUNCATED, Unavailable),
    "HTML": (HTML, Unavailable),
    "JSON that is no object": (as_json(["a"]), Unavailable),
    "XML that refuses the key": (NOT_ALLOWED, KeyRefused),
    "connection cut": (CUT, Unavailable),
    "chunks cut": (CUT_CHUNKED, Unavailable),
}


@pytest.mark.parametrize("name", PASSING)
def test_trouble_that_passes_is_tried_again(serve: Serve, connect: Connect, budget: CountingBudget, name: str) -> None:
    """One bad answer costs one more request, each within the budget, and the caller does not notice."""
    reply, _ = PASSING[name]
    account = serve(Script(reply, GOOD))

    messages = connect(account.url).campaign_messages(7)

    assert [message.message_id for message in messages] == ["5"]
    assert len(account.received) == budget.taken == 2


@pytest.mark.parametrize("name", PASSING)
def test_trouble_that_stays_becomes_an_error(serve: Serve, connect: Connect, budget: CountingBudget, name: str) -> None:
    """A bad answer is never taken for the end: after the last attempt it is the error that says what to do."""
    reply, error = PASSING[name]
    account = serve(Script(reply))

    with pytest.raises(error, match=r"messages of campaign 7: .+"):
        connect(account.url, attempts=3).campaign_messages(7)

    assert len(account.received) == budget.taken == 3


FINAL = {
    "400 with a message": (as_json({"message": "Bad filter"}, status=400), "Bad filter"),
    "402": (as_json({"message": "Account expired"}, status=402), "Account expired"),
    "422 with objects": (
        as_json({"errors": [{"title": "Invalid", "detail": "id", "code": "x"}]}, status=422),
        "Invalid: id",
    ),
    "422 with strings": (as_json({"errors": ["No such field"]}, status=422), "No such field"),
    "404 with two objects in a row": (TWO_OBJECTS, "No Result found"),
    "404 with HTML": (Reply(status=404, body=HTML.body), "is the API URL the one"),
    "301": (Reply(status=301, headers={"Location": "https://elsewhere.invalid/"}), "leads somewhere else"),
    "302": (Reply(status=302, headers={"Location": "https://elsewhere.invalid/"}), "leads somewhere else"),
    "307": (Reply(status=307, headers={"Location": "https://elsewhere.invalid/"}), "leads somewhere else"),
}


@pytest.mark.parametrize("name", FINAL)
def test_what_cannot_succeed_is_rejected_at_once(
    serve: Serve, connect: Connect, budget: CountingBudget, name: str
) -> None:
    """A refusal in any of the three shapes is reported in the account's words, after a single request."""
    reply, words = FINAL[name]
    account = serve(Script(reply, GOOD))

    with pytest.raises(Rejected, match=words):
        connect(account.url).campaign_messages(7)

    assert len(account.received) == budget.taken == 1


def test_no_redirect_is_followed(serve: Serve, connect: Connect) -> None:
    """The key never travels to where a redirect points."""
    elsewhere = serve(Script(GOOD))
    account = serve(Script(Reply(status=302, headers={"Location": elsewhere.url})))

    with pytest.raises(Rejected):
        connect(account.url).campaign_messages(7)

    assert not elsewhere.received


def test_the_pauses_double_and_are_jittered(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    """The pause before the n-th retry lies between 2**(n-1) and one second more."""
    account = serve(Script(Reply(status=503)))

    with pytest.raises(Unavailable):
        connect(account.url, attempts=5).campaign_messages(7)

    assert [int(pause_s) for pause_s in clock.slept] == [1, 2, 4, 8]
    assert any(pause_s % 1 for pause_s in clock.slept)


def test_retry_after_is_honoured(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    """An account that asks for a longer pause gets it."""
    account = serve(Script(Reply(status=503, headers={"Retry-After": "42"}), GOOD))

    connect(account.url).campaign_messages(7)

    assert clock.slept == [42.0]


def test_429_pushes_the_whole_account_back(
    serve: Serve, connect: Connect, budget: CountingBudget, clock: FakeClock
) -> None:
    """Whoever else asks the budget waits as well."""
    account = serve(Script(Reply(status=429, headers={"Retry-After": "7"}), GOOD))

    connect(account.url).campaign_messages(7)

    assert budget.backed_off == [7.0]
    assert clock.slept == [7.0]


def test_429_may_name_a_date(serve: Serve, connect: Connect, budget: CountingBudget, clock: FakeClock) -> None:
    """Retry-After is seconds or an HTTP date."""
    until = format_datetime(clock.now() + timedelta(seconds=9), usegmt=True)
    account = serve(Script(Reply(status=429, headers={"Retry-After": until}), GOOD))

    connect(account.url).campaign_messages(7)

    assert budget.backed_off == [9.0]


@pytest.mark.parametrize("header", [{}, {"Retry-After": "soon"}])
def test_429_without_a_readable_pause_means_a_second(
    serve: Serve, connect: Connect, budget: CountingBudget, header: dict[str, str]
) -> None:
    """The limit is counted by the second."""
    account = serve(Script(Reply(status=429, headers=header), GOOD))

    connect(account.url).campaign_messages(7)

    assert budget.backed_off == [1.0]


def test_429_uses_up_no_attempts(serve: Serve, connect: Connect) -> None:
    """A busy account is waited for, with attempts left for what really goes wrong."""
    busy = [Reply(status=429, headers={"Retry-After": "1"})] * 5
    account = serve(Script(*busy, Reply(status=500), GOOD))

    assert [m.message_id for m in connect(account.url, attempts=2).campaign_messages(7)] == ["5"]


def test_429_forever_ends_by_time(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    """An account that stays busy is given up after the total time."""
    account = serve(Script(Reply(status=429, headers={"Retry-After": "50"})))

    with pytest.raises(Unavailable, match="lower requests per second"):
        connect(account.url).campaign_messages(7)

    assert sum(clock.slept) == 200


def test_a_pause_beyond_the_total_time_is_not_waited_for(
    serve: Serve, connect: Connect, budget: CountingBudget, clock: FakeClock
) -> None:
    """Nor is anybody else held up for that long."""
    account = serve(Script(Reply(status=429, headers={"Retry-After": "86400"})))

    with pytest.raises(Unavailable):
        connect(account.url).campaign_messages(7)

    assert clock.slept == []
    assert budget.backed_off == [240.0]


def test_a_slow_answer_is_given_up_and_asked_for_again(serve: Serve, connect: Connect) -> None:
    """A response that does not come within the read timeout is no answer."""
    never = threading.Event()
    account = serve(Script(Reply(after=never), GOOD))

    messages = connect(account.url, read_s=0.1).campaign_messages(7)
    never.set()

    assert [message.message_id for message in messages] == ["5"]


def test_a_host_that_cannot_be_reached_is_named(serve: Serve, connect: Connect, budget: CountingBudget) -> None:
    """The sentence says which host, and to check the URL and the network."""
    account = serve(Script(GOOD))
    account.server.server_close()

    with pytest.raises(Unavailable, match=r"127\.0\.0\.1 cannot be reached.* check the API URL and the network"):
        connect(account.url, attempts=2).campaign_messages(7)

    assert budget.taken == 2


def test_a_connection_that_cannot_be_trusted_is_not_retried(
    serve: Serve, connect: Connect, budget: CountingBudget
) -> None:
    """TLS trouble does not pass by itself."""
    account = serve(Script(GOOD))

    with pytest.raises(Rejected, match=r"no secure connection to 127\.0\.0\.1"):
        connect(account.url.replace("http:", "https:")).campaign_messages(7)

    assert budget.taken == 1


def test_a_budget_that_fails_is_not_retried_here(serve: Serve, clock: FakeClock) -> None:
    """Retries are never nested: the budget's own store has its own."""

    class BrokenBudget(CountingBudget):
        def acquire(self) -> None:
            super().acquire()
            raise Unavailable("the state store is away")

    budget = BrokenBudget()
    account = Account(a_connection(serve(Script(GOOD)).url), budget=budget, clock=clock)

    with pytest.raises(Unavailable, match="the state store is away"):
        account.campaign_messages(7)

    assert budget.taken == 1


def test_every_status_is_reported(serve: Serve, budget: CountingBudget, clock: FakeClock) -> None:
    """Whoever watches the account hears of the attempts that failed, too."""
    statuses: list[int] = []
    url = serve(Script(Reply(status=503), Reply(status=429), GOOD)).url

    Account(a_connection(url), budget=budget, clock=clock, on_response=statuses.append).campaign_messages(7)

    assert statuses == [503, 429, 200]


def test_the_key_travels_in_its_header_alone(serve: Serve, connect: Connect) -> None:
    """URLs end up in logs: the key is in none, for v1 neither."""
    account = serve(Script(GOOD))

    connect(account.url, key="s3cret-k3y").campaign_messages(7)

    (received,) = account.received
    assert received.headers["Api-Token"] == "s3cret-k3y"
    assert "s3cret-k3y" not in received.target


def test_what_the_account_says_is_shown_without_key_and_addresses(
    serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    """An error body that names the key or a contact does not reach the logs with them."""
    caplog.set_level(logging.DEBUG)
    words = "Key s3cret-k3y of ann@example.com was refused"
    account = serve(Script(as_json({"message": words}, status=403)))

    with pytest.raises(KeyRefused, match=r"Key \*\*\* of <e-mail> was refused") as caught:
        connect(account.url, key="s3cret-k3y").campaign_messages(7)

    shown = f"{caught.value!r} {caplog.text}"
    assert "s3cret-k3y" not in shown
    assert "ann@example.com" not in shown


@pytest.mark.parametrize("key", ["", "two words", "trailing\n", "schlüssel"])
def test_a_key_that_is_none_is_refused_without_a_request(serve: Serve, connect: Connect, key: str) -> None:
    """The library would name it in its own error."""
    account = serve(Script(GOOD))

    with pytest.raises(KeyRefused, match="copy it once more") as caught:
        connect(account.url, key=key).campaign_messages(7)

    assert not account.received
    assert not key or key not in str(caught.value)


def test_the_key_is_in_no_repr(connect: Connect) -> None:
    """An account in a traceback or a log line does not give its key away."""
    account = connect("http://127.0.0.1:1", key="s3cret-k3y")

    assert "s3cret-k3y" not in f"{account!r} {vars(account)!r} {vars(account._client)!r}"


def test_a_secure_connection_that_broke_off_is_tried_again() -> None:
    """An end without notice passes, other than a certificate that cannot be trusted."""
    broke_off = requests.exceptions.SSLError("broken")
    broke_off.__cause__ = ssl.SSLEOFError(8, "UNEXPECTED_EOF_WHILE_READING")

    assert of_exception(broke_off).problem.may_pass


def test_no_cookie_is_sent_back(serve: Serve, connect: Connect) -> None:
    """Threads share a session, which nothing that the account sends may change."""
    account = serve(Script(Reply(body=GOOD.body, headers={"Set-Cookie": "session=1; Path=/"})))
    reader = connect(account.url)

    reader.campaign_messages(7)
    reader.campaign_messages(7)

    assert "Cookie" not in account.received[1].headers


@pytest.mark.parametrize(
    ("headers", "observed"),
    [
        ({"RateLimit-Limit": "5", "RateLimit-Remaining": "0"}, (5.0, 0)),
        ({"RateLimit-Limit": "5, 5;w=1"}, (None, None)),
        ({}, (None, None)),
    ],
)
def test_what_an_answer_says_of_the_limit_is_observed(
    serve: Serve, connect: Connect, budget: CountingBudget, headers: dict[str, str], observed: tuple[object, object]
) -> None:
    """What cannot be read says nothing."""
    account = serve(Script(Reply(body=b'{"campaignMessages": []}', headers=headers)))

    connect(account.url).campaign_messages(7)

    assert budget.observed_limits == [observed]
