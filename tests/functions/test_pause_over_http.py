"""An account that is paused, as the functions see it: over HTTP, with its messages in the queue."""

import pytest

from sendtrail.domain.messages import SyncContacts, encode
from sendtrail.ports import Topic
from sendtrail.simulator import Account
from sendtrail.state.account_pause import pause_account, resume_account
from sendtrail.warehouse.rows import Table
from tests.functions.conftest import Connect
from tests.functions.instance import Instance

DISPATCH = b'{"organization_id": "acme", "since": "2015-01-01T00:00:00Z"}'


def requests(account: Account) -> int:
    """Return how many requests an account has had."""
    return account.stats().requests


def taken(instance: Instance) -> list[tuple[str, bytes]]:
    """Take the messages that wait, each with the worker that it is for."""
    found = []
    for worker, topic in (("campaign_worker", Topic.CAMPAIGNS), ("contacts_worker", Topic.CONTACTS)):
        found += [(worker, message) for message in instance.publisher.published[topic]]
        instance.publisher.published[topic].clear()
    return found


def push_all(instance: Instance) -> None:
    """Push messages until none is left."""
    while waiting := taken(instance):
        for worker, message in waiting:
            assert instance.push(worker, message).status_code == 200


def test_nothing_is_asked_and_nothing_published_while_an_account_is_paused(
    instance: Instance, connect: Connect
) -> None:
    """The dispatcher says so, and what it was asked for is kept; the other account goes on."""
    acme, globex = connect("acme"), connect("globex")
    pause_account(instance.state, "acme", reason="their request")

    answer = instance.post("dispatcher", b'{"since": "2015-01-01T00:00:00Z"}')

    assert answer.json is not None
    assert answer.status_code == 202
    assert answer.json["failed"]["acme"].startswith("the account acme is paused since 2025-06-01 12:00 UTC")
    assert answer.json["failed"]["acme"].endswith("is done once the account is on again")
    assert {b'"organization_id":"globex"' in message for _, message in taken(instance)} == {True}
    assert (requests(acme), requests(globex) > 0) == (0, True)
    assert instance.publisher.published[Topic.FAILURES] == []


def test_a_full_queue_is_kept_and_not_read(instance: Instance, connect: Connect) -> None:
    """Messages are acknowledged without a request; after the pause, one run finds all of the work again."""
    account = connect("acme")
    instance.post("dispatcher", DISPATCH)
    waiting, before = taken(instance), requests(account)
    pause_account(instance.state, "acme")

    answers = [instance.push(worker, message).status_code for worker, message in waiting]
    while_paused = (requests(account), instance.warehouse.counts().get(Table.EMAIL_ACTIVITIES, 0))
    resume_account(instance.state, "acme")
    instance.post("dispatcher", b'{"organization_id": "acme"}')
    push_all(instance)

    assert (len(waiting) > 2, set(answers), while_paused) == (True, {200}, (before, 0))
    assert instance.warehouse.counts()[Table.EMAIL_ACTIVITIES] == len(list(account.truth()))
    assert instance.warehouse.counts()[Table.CONTACTS] == len(list(account.contacts_truth()))
    assert instance.publisher.published[Topic.FAILURES] == []


def test_a_run_that_a_pause_has_stopped_is_not_reported_as_unfinished(instance: Instance, connect: Connect) -> None:
    """It raised an alert about something that somebody did on purpose."""
    connect("acme")
    instance.post("dispatcher", DISPATCH)
    waiting = taken(instance)
    pause_account(instance.state, "acme")
    for worker, message in waiting:
        instance.push(worker, message)
    resume_account(instance.state, "acme")

    instance.post("dispatcher", b'{"organization_id": "acme"}')

    assert [line for line in instance.lines() if line.get("event") == "run_unfinished"] == []
    assert {line["outcome"] for line in instance.lines() if line.get("event") == "delivery_ended"} == {"paused"}


@pytest.mark.parametrize("worker", ["contacts_worker"])
def test_contacts_of_an_account_that_is_paused_are_not_read(instance: Instance, connect: Connect, worker: str) -> None:
    """Nobody is marked as deleted for it either."""
    account = connect("acme")
    pause_account(instance.state, "acme")

    answer = instance.push(worker, encode(SyncContacts(organization_id="acme", run_id="run1", sequence=1)))

    assert (answer.status_code, requests(account)) == (200, 0)
    assert instance.warehouse.counts().get(Table.CONTACTS, 0) == 0
