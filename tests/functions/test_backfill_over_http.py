"""A backfill as people ask for it and take it back, over HTTP, and an account that is switched off meanwhile."""

from dataclasses import replace

import pytest

from sendtrail.domain.messages import SyncCampaign, SyncContacts, decode, encode
from sendtrail.ports import Topic
from sendtrail.state.documents import account_path, connection_path, wants_path
from sendtrail.warehouse.rows import Table
from tests.functions.conftest import Connect
from tests.functions.instance import Instance

ASK = b'{"organization_id": "acme", "since": "2015-01-01T00:00:00Z", "contacts": false}'
CANCEL = b'{"organization_id": "acme", "cancel_backfill": true}'
CONTACTS = SyncContacts(organization_id="acme", run_id="run1", sequence=1)


@pytest.fixture
def started(instance: Instance, connect: Connect) -> Instance:
    """Give an instance whose account has had its first sync, and hands out backfill a campaign at a time."""
    connect("acme")
    settings = instance.cloud.settings.model_copy(update={"backfill_hours": 3e-6})
    instance.cloud = replace(instance.cloud, settings=settings)
    scheduled(instance, hour=12)
    push_all(instance)
    return instance


def scheduled(instance: Instance, *, hour: int) -> None:
    """Run the dispatcher as its schedule does."""
    headers = {"X-CloudScheduler-JobName": "job", "X-CloudScheduler-ScheduleTime": f"2025-06-01T{hour}:00:00Z"}
    assert instance.post("dispatcher", b'{"contacts": false}', headers).status_code == 202


def taken(instance: Instance) -> list[bytes]:
    """Take the messages that wait for the campaign worker."""
    waiting = list(instance.publisher.published[Topic.CAMPAIGNS])
    instance.publisher.published[Topic.CAMPAIGNS].clear()
    return waiting


def push_all(instance: Instance) -> None:
    """Push messages until none is left."""
    while waiting := taken(instance):
        for message in waiting:
            assert instance.push("campaign_worker", message).status_code == 200


def switch(instance: Instance, *, enabled: bool) -> None:
    """Switch the account on or off."""
    path = connection_path("acme")
    instance.state.documents[path] = {**instance.state.documents[path], "enabled": enabled}


def rows(instance: Instance) -> int:
    """Return how many activities are stored."""
    return instance.warehouse.counts().get(Table.EMAIL_ACTIVITIES, 0)


def test_an_account_that_is_switched_off_merges_nothing_and_goes_on_when_it_is_on(started: Instance) -> None:
    """Messages of a backfill that still wait are acknowledged without a failure; the want is kept."""
    started.post("dispatcher", ASK)
    waiting, before = taken(started), rows(started)
    switch(started, enabled=False)

    answers = [started.push("campaign_worker", message).status_code for message in waiting]
    contacts = started.push("contacts_worker", encode(CONTACTS)).status_code
    while_off = rows(started)
    switch(started, enabled=True)
    for hour in range(13, 18):
        scheduled(started, hour=hour)
        push_all(started)

    assert (waiting != [], set(answers), contacts) == (True, {200}, 200)
    assert while_off == before < rows(started)
    assert started.warehouse.counts().get(Table.CONTACTS, 0) == 0
    assert started.publisher.published[Topic.FAILURES] == []
    assert started.state.documents[wants_path("acme")]["wants"] == []


def test_what_is_asked_of_an_account_that_is_switched_off_waits_until_it_is_on(started: Instance) -> None:
    """The account is not asked, nothing is published, and the answer says what becomes of it."""
    switch(started, enabled=False)

    answer = started.post("dispatcher", ASK)
    waiting = taken(started)
    switch(started, enabled=True)
    scheduled(started, hour=13)

    assert answer.json is not None
    assert "switched off" in answer.json["failed"]["acme"]
    assert "stored" in answer.json["failed"]["acme"]
    assert waiting == []
    assert [decode(SyncCampaign, message).backfill for message in taken(started)] == [True]


def test_a_backfill_is_taken_back(started: Instance) -> None:
    """The answer says what was dropped; what waits in the queue stops, and the next run has nothing for it."""
    started.post("dispatcher", ASK)
    waiting, before = taken(started), rows(started)
    shown = started.state.documents[account_path("acme")]["backfill_since"]

    answer = started.post("dispatcher", CANCEL)
    again = started.post("dispatcher", CANCEL)
    for message in waiting:
        started.push("campaign_worker", message)
    scheduled(started, hour=13)

    assert shown is not None
    assert (answer.status_code, again.status_code) == (200, 200)
    assert answer.json is not None
    assert again.json is not None
    (dropped,) = answer.json["withdrawn"]["acme"]
    assert (dropped["again"], dropped["campaigns"]) == (False, 3)
    assert again.json["withdrawn"] == {"acme": []}
    assert rows(started) == before
    assert taken(started) == []
    assert started.state.documents[account_path("acme")]["backfill_since"] is None


def test_an_account_that_nobody_knows_has_nothing_to_take_back(instance: Instance) -> None:
    """A typing error in its name is said."""
    answer = instance.post("dispatcher", CANCEL)

    assert answer.json is not None
    assert (answer.json["withdrawn"], "no such document" in answer.json["failed"]["acme"]) == ({}, True)
    assert wants_path("acme") not in instance.state.documents
