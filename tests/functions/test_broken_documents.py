"""A document that cannot be read costs its campaign or its account, and never the dispatch of the others."""

from typing import Any

import pytest

from sendtrail.domain.messages import SyncCampaign, WorkFailed, decode
from sendtrail.ports import Document, Topic
from sendtrail.state.documents import (
    account_path,
    budget_path,
    campaign_path,
    connection_path,
    contacts_path,
    identity_path,
    run_path,
)
from tests.functions.conftest import Connect
from tests.functions.instance import Instance

SCHEDULED = {"X-CloudScheduler-JobName": "sendtrail-campaigns", "X-CloudScheduler-ScheduleTime": "2025-06-02T12:00:00Z"}
RUN_ID = "20250602T120000Z-sendtrail-campaigns"
BROKEN: dict[str, Document] = {
    "fields of other types": {
        "status": {},
        "run_id": [],
        "apiUrl": 7,
        "host": [],
        "campaigns_total": "many",
        "leases": 1,
    },
    "nothing in it": {},
}


def synced(instance: Instance, connect: Connect) -> int:
    """Sync two accounts, and return the id of a campaign of the first."""
    account = connect("acme")
    connect("globex")
    instance.post("dispatcher", b"")
    for topic, function in ((Topic.CAMPAIGNS, "campaign_worker"), (Topic.CONTACTS, "contacts_worker")):
        for message in instance.publisher.take(topic):
            instance.push(function, message)
    return next(account.campaigns_truth()).id


def published(instance: Instance, organization_id: str) -> int:
    """Return how many campaigns of an account were published."""
    messages = [decode(SyncCampaign, data) for data in instance.publisher.published[Topic.CAMPAIGNS]]
    return sum(message.organization_id == organization_id for message in messages)


def failures(instance: Instance) -> set[tuple[str, str]]:
    """Return whose work has failed."""
    failed = [decode(WorkFailed, data) for data in instance.publisher.published[Topic.FAILURES]]
    return {(work.organization_id, work.subject) for work in failed}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=list(BROKEN))
@pytest.mark.parametrize(
    ("kind", "costs"),
    [
        ("checkpoint", "the campaign"),
        ("status", "the account"),
        ("connection", "the account"),
        ("identity", "the account"),
        ("contacts", "the contacts"),
        ("budget", "nothing"),
    ],
)
def test_a_broken_document_costs_no_other_account(
    instance: Instance, connect: Connect, kind: str, costs: str, broken: dict[str, Any]
) -> None:
    """What it costs is reported, with its reason."""
    campaign_id = synced(instance, connect)
    paths = {
        "checkpoint": campaign_path("acme", campaign_id),
        "status": account_path("acme"),
        "connection": connection_path("acme"),
        "identity": identity_path("acme"),
        "contacts": contacts_path("acme"),
        "budget": budget_path("acme"),
    }
    instance.state.documents[paths[kind]] = broken

    answer = instance.post("dispatcher", b'{"force": true}', SCHEDULED)

    expected = {
        "the campaign": (2, {("acme", str(campaign_id))}),
        "the account": (0, {("acme", "dispatch")}),
        "the contacts": (3, {("acme", "dispatch")}),
        "nothing": (3, set()),
    }
    assert answer.status_code == 202
    assert published(instance, "globex") == 3
    assert (published(instance, "acme"), failures(instance)) == expected[costs]


def test_a_broken_run_is_over(instance: Instance, connect: Connect) -> None:
    """It is a run of all accounts; the next one has a document of its own."""
    synced(instance, connect)
    instance.state.documents[run_path(RUN_ID)] = BROKEN["fields of other types"]

    first = instance.post("dispatcher", b'{"force": true}', SCHEDULED)
    second = instance.post("dispatcher", b'{"force": true}')

    assert (first.status_code, second.status_code) == (202, 202)
    assert (first.json or {})["failed"].keys() == {"acme", "globex"}
    assert (published(instance, "acme"), published(instance, "globex")) == (3, 3)
