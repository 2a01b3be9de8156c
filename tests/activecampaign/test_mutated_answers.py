"""Valid answers of every endpoint with something changed in them: rows or an error come out, and nothing else."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sendtrail.activecampaign.account import Account
from sendtrail.domain.campaign_report import Report
from sendtrail.errors import SendtrailError
from tests.activecampaign.conftest import Connect, Serve
from tests.activecampaign.scripted_account import KEY, THE_END, Received, Reply, a_query, an_open

MAX_REQUESTS = 100
ROW = {**an_open(1), "tstamp": "2025-06-01 12:00:00", "id": "9", "messageid": "21", "listid": "2", "reason": KEY}
ENVELOPE = {"result_code": 1, "result_message": "Success: Something is returned", "result_output": "json"}
LINK = {"id": "8", "link": "https://shop.example.com", "a_total": "2", "a_unique": "2", "info": [ROW, {"0": ROW}]}
PAGE = {"0": ROW, "1": {**ROW, "subscriberid": "2"}, **ENVELOPE}
COUNTERS = {"send_amt": "9", "opens": 3, "uniqueopens": "2", "sdate": "2025-06-01T12:00:00-05:00", "status": "5"}


@dataclass(frozen=True)
class Endpoint:
    """A valid first answer, and how the account is asked for it."""

    answer: dict[str, Any]
    ask: Callable[[Account], object]


def reading(report: Report, answer: dict[str, Any]) -> Endpoint:
    """Return the endpoint of a report."""
    return Endpoint(answer, lambda account: list(account.read(a_query(report, expected_rows=2))))


ENDPOINTS = {
    "campaigns": Endpoint(
        {"campaigns": [{"id": "1", "name": "A", **COUNTERS}, {"id": "2"}], "meta": {"total": "2"}},
        lambda account: list(account.campaigns()),
    ),
    "contacts": Endpoint(
        {
            "contacts": [{"id": "8", "email": "a@b.c", "deleted": "0"}, {"id": "9", "cdate": "2025-06-01"}],
            "contactTags": [{"contact": "8", "tag": "1"}],
            "contactLists": [{"contact": "8", "list": "1", "status": "1"}],
            "meta": {"total": 2},
        },
        lambda account: list(account.contacts(0)),
    ),
    "messages": Endpoint(
        {"campaignMessages": [{"messageid": "21"}, {"messageid": 22}]}, lambda account: account.campaign_messages(7)
    ),
    "number of contacts": Endpoint({"contacts": [], "meta": {"total": "2"}}, lambda account: account.contact_count()),
    "clicks": reading(Report.CLICKS, {"0": LINK, "1": {**LINK, "id": "7", "info": ""}, **ENVELOPE}),
    **{str(report): reading(report, PAGE) for report in Report if report is not Report.CLICKS},
}
EMPTY = Reply(body=b'{"campaigns":[],"contacts":[],"tags":[],"lists":[],"campaignMessages":[],"meta":{"total":"0"}}')

JUNK: list[Any] = [None, True, 0, -1, 1.5, 1e30, 10**19, [], {}, [[]], {"0": {}}, KEY, "", "0", "\x1b[2J", "\ud800"]
MORE_JUNK = ["9" * 5_000, "9999-12-31T23:59:59-06:00", "0001-01-01", "1,234", "\u00b2", "a@b.c" * 99]
junk = st.sampled_from([*JUNK, *MORE_JUNK])


@st.composite
def changed_content(draw: st.DrawFn, content: Any) -> Any:
    """Return JSON content with one value replaced, removed or moved."""
    if not isinstance(content, dict | list) or not content or draw(st.integers(0, 3)) == 0:
        return draw(junk)
    if isinstance(content, list):
        place = draw(st.integers(0, len(content) - 1))
        inner = draw(changed_content(content[place]))
        return [*content[:place], inner, *content[place + draw(st.integers(0, 1)) :]]
    name = draw(st.sampled_from(sorted(content)))
    rest = {key: value for key, value in content.items() if key != name}
    new_name = draw(st.sampled_from([name, name, name, "x", "5", "²"]))
    return draw(st.sampled_from([rest, {**rest, new_name: draw(changed_content(content[name]))}]))


@st.composite
def changed_bytes(draw: st.DrawFn, body: bytes) -> bytes:
    """Return a body with some bytes replaced, removed or added."""
    start = draw(st.integers(0, len(body)))
    end = draw(st.integers(start, min(len(body), start + 40)))
    added = draw(st.binary(max_size=8) | st.sampled_from([b"", b"[" * 9_000, b"\xef\xbb\xbf"]))
    return body[:start] + added + body[end:]


def as_body(content: Any) -> bytes:
    """Return content as JSON, lone surrogates escaped."""
    return json.dumps(content).encode()


def answers(content: dict[str, Any]) -> st.SearchStrategy[Reply]:
    """Return a strategy of replies that are almost an answer."""
    body = as_body(content)
    bodies = changed_content(content).map(as_body) | changed_bytes(body)
    headers = st.dictionaries(
        st.sampled_from(["Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "Content-Encoding"]),
        st.sampled_from(["0", "5", "9" * 5_000, "gzip", "Thu, 01 Jan 9999 00:00:00 -9999", KEY]),
        max_size=1,
    )
    status = st.sampled_from([200, 200, 200, 200, 302, 400, 403, 404, 429, 500])
    return st.builds(
        lambda body, headers, status, cut: Reply(body=body, headers=headers, status=status, cut=cut),
        bodies,
        headers,
        status,
        st.booleans(),
    )


def problem_of(ask: Callable[[], object]) -> str:
    """Return the error that comes of asking an account, "" where it answers."""
    try:
        ask()
    except SendtrailError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", ENDPOINTS)
def test_an_answer_that_was_changed_is_read_or_refused(serve: Serve, connect: Connect, name: str) -> None:
    """No other error comes out, the account is not asked for ever, and the key is in no text."""
    endpoint = ENDPOINTS[name]
    replies: list[Reply] = []

    def answer(received: Received) -> Reply:
        if replies:
            return replies.pop(0)
        return THE_END if "api.php" in received.target else EMPTY

    account = serve(answer)

    @settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
    @given(first=answers(endpoint.answer), count=st.integers(1, 4))
    def check(first: Reply, count: int) -> None:
        replies[:] = [first] * count
        account.received.clear()

        problem = problem_of(lambda: endpoint.ask(connect(account.url)))

        assert not problem or problem.isprintable()
        assert KEY not in problem
        assert len(account.received) < MAX_REQUESTS

    check()
