"""Valid answers of every endpoint with something changed in them: what they show comes out, or an error."""

import json
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sendtrail.activecampaign.account import Account
from sendtrail.activecampaign.check.account_check import AccountCheck
from sendtrail.activecampaign.check.counted_budget import MAX_REQUESTS
from sendtrail.activecampaign.http.retries import RetryPolicy
from sendtrail.activecampaign.v1.report_request import ACTIONS
from sendtrail.domain.campaign_report import Report, UnreadableRow
from sendtrail.errors import SendtrailError
from tests.activecampaign.conftest import Serve
from tests.activecampaign.mutations import MEGABYTE, changed_answers, changed_content, inflating
from tests.activecampaign.scripted_account import KEY, CountingBudget, Reply, a_connection, a_query
from tests.activecampaign.valid_account import ANSWERS, ValidAccount
from tests.fakes import FakeClock

ENOUGH_REQUESTS = 100
RETRIES = RetryPolicy(attempts=3)

# Returns how many rows come out of an account, those that cannot be read or are known to be missing included.
Ask = Callable[[Account, list[UnreadableRow]], int]


def _report(report: Report) -> Ask:
    def ask(account: Account, _: list[UnreadableRow]) -> int:
        return sum(page.rows + page.missing for page in account.read(a_query(report, expected_rows=2)))

    return ask


def _campaigns(account: Account, unreadable: list[UnreadableRow]) -> int:
    return len(list(account.campaigns())) + len(unreadable)


def _contacts(account: Account, unreadable: list[UnreadableRow]) -> int:
    return sum(len(page.contacts) for page in account.contacts(0)) + len(unreadable)


def _messages(account: Account, _: list[UnreadableRow]) -> int:
    account.campaign_messages(7)
    return (
        2  # the reports of a campaign are read as if messages may be missing: tests/activecampaign/test_split_reports
    )


def _contact_count(account: Account, _: list[UnreadableRow]) -> int:
    account.contact_count()
    return 2


# What is asked for, and the kind of answer that is spoilt on the way.
SYNC: dict[str, tuple[str, Ask]] = {
    "campaigns": ("campaigns", _campaigns),
    "contacts": ("contacts", _contacts),
    "tags of contacts": ("tags", _contacts),
    "lists of contacts": ("lists", _contacts),
    "number of contacts": ("contacts", _contact_count),
    "messages": ("campaignMessages", _messages),
    **{str(report): (action, _report(report)) for report, action in ACTIONS.items()},
}


def an_account(url: str, unreadable: list[UnreadableRow]) -> Account:
    """Return a new connection, which has learnt nothing yet."""
    return Account(
        a_connection(url),
        budget=CountingBudget(),
        clock=FakeClock(),
        on_unreadable=unreadable.append,
        retries=RETRIES,
    )


def rows_and_problem(ask: Ask, url: str) -> tuple[int, str]:
    """Return how many rows come out, and the error, "" where there is none."""
    unreadable: list[UnreadableRow] = []
    try:
        return ask(an_account(url, unreadable), unreadable), ""
    except SendtrailError as error:
        return 0, str(error)


def shown(kind: str, body: bytes) -> int:
    """Return how many of the two rows a changed list shows: rows of contacts that are left out are known to nobody."""
    with suppress(ValueError):
        content = json.loads(body)
        if kind == "contacts" and isinstance(content, dict):
            rows = content.get(kind)
            return min(2, len(rows)) if isinstance(rows, list) else 2
    return 2


def test_every_endpoint_takes_part() -> None:
    """An endpoint that is asked in the future has to have an answer here, and be spoilt."""
    checked_alone = {"links", "linkData"}

    assert {kind for kind, _ in SYNC.values()} | checked_alone == ANSWERS.keys()


@pytest.mark.parametrize("name", SYNC)
def test_an_answer_that_was_changed_is_read_or_refused(serve: Serve, name: str) -> None:
    """No other error comes out, the account is not asked for ever, and the key is in no text."""
    kind, ask = SYNC[name]
    account = ValidAccount(kind=kind)
    server = serve(account)

    @given(reply=changed_answers(ANSWERS[kind]), count=st.integers(1, 4))
    @settings(max_examples=60)
    def check(reply: Reply, count: int) -> None:
        account.spoilt = [reply] * count
        server.received.clear()

        _, problem = rows_and_problem(ask, server.url)

        assert not problem or problem.isprintable()
        assert KEY not in problem
        assert len(server.received) < ENOUGH_REQUESTS

    check()


@pytest.mark.parametrize("name", SYNC)
def test_nothing_that_was_changed_is_lost_in_silence(serve: Serve, name: str) -> None:
    """A row comes out, is kept as unreadable, or is known to be missing; or the answer is an error."""
    kind, ask = SYNC[name]
    account = ValidAccount(kind=kind)
    server = serve(account)

    @given(content=changed_content(ANSWERS[kind]), count=st.integers(1, 4))
    @settings(max_examples=60)
    def check(content: Any, count: int) -> None:
        body = json.dumps(content).encode()
        account.spoilt = [Reply(body=body)] * count

        rows, problem = rows_and_problem(ask, server.url)

        assert problem or rows >= shown(kind, body), content

    check()


@pytest.mark.parametrize("kind", ANSWERS)
def test_an_answer_that_was_changed_does_not_end_a_check(serve: Serve, kind: str) -> None:
    """Each finding is a text, with few requests, whatever is wrong with one of the answers."""
    account = ValidAccount(kind=kind)
    server = serve(account)

    @given(reply=changed_answers(ANSWERS[kind]))
    @settings(max_examples=15)
    def check(reply: Reply) -> None:
        account.spoilt = [reply, reply]
        server.received.clear()
        checked = AccountCheck(a_connection(server.url), budget=CountingBudget(), clock=FakeClock())

        findings = checked.findings(checked.observe(contacts=True))

        told = " ".join(f"{each.name} {each.seen} {each.meaning}" for each in findings)
        assert told.isprintable()
        assert KEY not in told
        assert len(server.received) <= MAX_REQUESTS

    check()


@pytest.mark.parametrize("name", SYNC)
def test_an_answer_that_inflates_takes_little_memory(serve: Serve, name: str) -> None:
    """It is refused where that many bytes are no page; links, which may have a million clicks, are read from a file."""
    kind, ask = SYNC[name]
    account = ValidAccount(kind=kind, spoilt=[inflating(ANSWERS[kind])] * 3)
    server = serve(account)
    tracemalloc.start()
    try:
        rows, problem = rows_and_problem(ask, server.url)
        _, most_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert "larger than" in problem or rows == 2
    assert most_bytes < 30 * MEGABYTE
