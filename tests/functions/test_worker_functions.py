"""The workers as Pub/Sub pushes to them, over HTTP through functions-framework."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sendtrail.delivery.checkpoint import Checkpoint, Lease, Status
from sendtrail.domain.messages import Reason, SyncCampaign, SyncContacts, WorkFailed, decode, encode
from sendtrail.ports import Topic
from sendtrail.simulator import Account, Failure, FailureKind
from sendtrail.state.documents import campaign_path, contacts_path, from_document, to_document
from sendtrail.warehouse.rows import Table
from tests.fakes import NOON
from tests.functions.conftest import Connect
from tests.functions.instance import Instance, push_body

WORKERS = ("campaign_worker", "contacts_worker")
CONTACTS = SyncContacts(organization_id="acme", run_id="run1", sequence=1)
UNSEEN = SyncCampaign(
    organization_id="acme",
    campaign_id=1,
    campaign_name="",
    split=False,
    run_id="run1",
    sequence=1,
    reason=Reason.NEW,
    since=NOON - timedelta(days=3650),
    counters={},
)
MESSAGES = {"campaign_worker": encode(UNSEEN), "contacts_worker": encode(CONTACTS)}
# What no state store returns stands for a mistake in our own code.
NO_DOCUMENT: Any = 7
CHECKPOINTS = {"campaign_worker": campaign_path("acme", 1), "contacts_worker": contacts_path("acme")}


def biggest(account: Account) -> SyncCampaign:
    """Return the message of an account's biggest ordinary campaign."""
    ordinary = [campaign for campaign in account.campaigns_truth() if campaign.kind == "ordinary"]
    campaign = max(ordinary, key=lambda each: each.counters["opens"])
    return replace(UNSEEN, campaign_id=campaign.id, campaign_name=campaign.name, counters=campaign.counters)


def failures(instance: Instance) -> list[WorkFailed]:
    """Return what was published to the failures topic."""
    return [decode(WorkFailed, data) for data in instance.publisher.published[Topic.FAILURES]]


def test_a_pushed_campaign_is_in_the_warehouse(instance: Instance, connect: Connect) -> None:
    """Every activity once, and the checkpoint says so; pushed again, nothing changes."""
    account = connect("acme")
    message = biggest(account)

    first, second = (instance.push("campaign_worker", encode(message)) for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 200)
    expected = sum(1 for _ in account.truth(campaign_id=message.campaign_id))
    assert instance.warehouse.counts()[Table.EMAIL_ACTIVITIES] == expected > 0
    document = instance.state.documents[campaign_path("acme", message.campaign_id)]
    assert from_document(Checkpoint, document).status is Status.DONE


def test_pushed_contacts_are_in_the_warehouse(instance: Instance, connect: Connect) -> None:
    """All of them."""
    account = connect("acme")

    answer = instance.push("contacts_worker", encode(CONTACTS))

    assert answer.status_code == 200
    assert instance.warehouse.counts()[Table.CONTACTS] == sum(1 for _ in account.contacts_truth())


@pytest.mark.parametrize("worker", WORKERS)
def test_a_push_without_data_is_refused_by_the_framework(instance: Instance, worker: str) -> None:
    """With a bare 400: the framework's own text repeats the whole request. Sendtrail publishes data always."""
    answer = instance.post(worker, push_body())

    assert (answer.status_code, answer.data) == (400, b"")
    assert [line["severity"] for line in instance.lines()] == ["WARNING"]


@pytest.mark.parametrize("worker", WORKERS)
@pytest.mark.parametrize("data", [b"not JSON", b"{}", b'{"version": 2}', b"\xff\xfe", b" "])
def test_a_message_that_cannot_be_read_is_reported_and_acknowledged(
    instance: Instance, worker: str, data: bytes
) -> None:
    """Delivered again it would be as bad, and hold up all others."""
    answer = instance.push(worker, data)

    assert answer.status_code == 200
    assert [failed.subject for failed in failures(instance)] == ["message"]


def test_data_that_is_not_base64_is_reported_and_acknowledged(instance: Instance) -> None:
    """Pub/Sub sends no such thing; somebody else might."""
    answer = instance.post("campaign_worker", push_body(data="*"))

    assert answer.status_code == 200
    assert [failed.subject for failed in failures(instance)] == ["message"]


@pytest.mark.parametrize("worker", WORKERS)
def test_a_message_of_an_unknown_account_is_reported_and_acknowledged(instance: Instance, worker: str) -> None:
    """The reason names the document that is missing."""
    answer = instance.push(worker, MESSAGES[worker])

    assert answer.status_code == 200
    (failed,) = failures(instance)
    assert (failed.organization_id, failed.run_id) == ("acme", "run1")
    assert "activecampaign_connections/acme" in failed.reason


@pytest.mark.parametrize("worker", WORKERS)
def test_work_that_another_worker_is_at_is_refused_for_now(instance: Instance, connect: Connect, worker: str) -> None:
    """The message must outlive the owner of the lease."""
    connect("acme")
    lease = Lease(token="another", expires_at=NOON + timedelta(minutes=2))
    held = Checkpoint(run_id="run1", sequence=1, status=Status.RUNNING, updated_at=NOON, lease=lease)
    instance.state.documents[CHECKPOINTS[worker]] = to_document(held)

    answer = instance.push(worker, MESSAGES[worker])

    assert (answer.status_code, answer.data) == (503, b"")
    assert instance.state.documents[CHECKPOINTS[worker]] == to_document(held)


@pytest.mark.parametrize("worker", WORKERS)
def test_an_account_that_does_not_answer_is_tried_again(instance: Instance, connect: Connect, worker: str) -> None:
    """The lease is given up, so the next delivery need not wait for it."""
    account = connect("acme", failures=(Failure(kind=FailureKind.UNAVAILABLE, times=None),))
    message = encode(biggest(account)) if worker == "campaign_worker" else MESSAGES[worker]

    refused = instance.push(worker, message)
    account.failures.clear()
    accepted = instance.push(worker, message)

    assert (refused.status_code, accepted.status_code) == (503, 200)


@pytest.mark.parametrize("worker", WORKERS)
def test_an_uncaught_error_is_a_bare_500(instance: Instance, connect: Connect, worker: str) -> None:
    """The log has the stack and the labels of the work."""
    connect("acme")
    instance.state.documents[CHECKPOINTS[worker]] = NO_DOCUMENT

    answer = instance.push(worker, MESSAGES[worker])

    assert (answer.status_code, answer.data) == (500, b"")
    (failure,) = [line for line in instance.lines() if line["severity"] == "ERROR"]
    assert "Traceback" in failure["message"]
    named = failure["logging.googleapis.com/labels"]
    assert named.items() >= {"organization_id": "acme", "run_id": "run1", "sequence": "1"}.items()


def test_every_line_of_a_delivery_says_which_it_is(instance: Instance, connect: Connect) -> None:
    """And none holds an e-mail address or the key."""
    account = connect("acme")
    message = biggest(account)

    instance.push("campaign_worker", encode(message), {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"})

    wanted = {"organization_id": "acme", "campaign_id": str(message.campaign_id), "run_id": "run1", "sequence": "1"}
    lines = instance.lines()
    assert {json.dumps(line["logging.googleapis.com/labels"], sort_keys=True) for line in lines} == {
        json.dumps(wanted, sort_keys=True)
    }
    assert {line["logging.googleapis.com/trace"] for line in lines} == {f"projects/p-acme/traces/{'a' * 32}"}
    assert {"delivery_ended", "api_used"} <= {line.get("event") for line in lines}
    assert "@" not in instance.log.getvalue()
    assert account.api_key not in instance.log.getvalue()


@pytest.mark.parametrize("function", ["dispatcher", *WORKERS])
def test_an_instance_without_settings_tells_every_problem_in_its_log(
    instance: Instance, function: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As JSON, and with a bare 500 for the caller."""
    monkeypatch.setenv("SENDTRAIL_PROJECT_ID", "")
    monkeypatch.setenv("SENDTRAIL_LOG_LEVEL", "LOUD")

    answer = instance.without_fakes(function, push_body(data="e30="))

    assert (answer.status_code, answer.data) == (500, b"")
    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert "SENDTRAIL_PROJECT_ID" in line["message"]
    assert "SENDTRAIL_LOG_LEVEL" in line["message"]


def test_a_revoked_key_is_one_failure_of_a_run_and_not_one_per_campaign(instance: Instance, connect: Connect) -> None:
    """Each campaign is recorded as failed all the same, and the next run says it once more."""
    connect("acme", key="revoked")
    campaigns = [replace(UNSEEN, campaign_id=number, counters={"opens": 1}) for number in (1, 2, 3)]

    for message in campaigns:
        instance.push("campaign_worker", encode(message))
    instance.push("contacts_worker", encode(CONTACTS))
    once = failures(instance)
    instance.push("campaign_worker", encode(replace(campaigns[0], run_id="run2", sequence=2)))

    documents = [instance.state.documents[campaign_path("acme", message.campaign_id)] for message in campaigns]
    assert {from_document(Checkpoint, document).status for document in documents} == {Status.FAILED}
    assert [(failed.run_id, failed.of_account) for failed in once] == [("run1", True)]
    assert [failed.run_id for failed in failures(instance)] == ["run1", "run2"]
    logged = [line["logging.googleapis.com/labels"] for line in instance.lines() if line.get("event") == "work_failed"]
    assert {line["organization_id"] for line in logged} == {"acme"}


def test_failures_of_single_campaigns_are_each_published(instance: Instance) -> None:
    """What cannot be read of one campaign says nothing about the others."""
    instance.push("campaign_worker", b"{}")
    instance.push("campaign_worker", b'{"version": 2}')

    assert [failed.of_account for failed in failures(instance)] == [False, False]


@pytest.mark.parametrize("worker", WORKERS)
def test_a_delivery_that_is_tried_again_is_counted_in_the_log(
    instance: Instance, connect: Connect, worker: str
) -> None:
    """Nothing else would show messages that go round and round."""
    connect("acme", failures=(Failure(kind=FailureKind.UNAVAILABLE, times=None),))
    message = replace(UNSEEN, counters={"opens": 1})

    answer = instance.push(worker, encode(message) if worker == "campaign_worker" else MESSAGES[worker])

    ended = [line for line in instance.lines() if line.get("event") == "delivery_ended"]
    assert answer.status_code == 503
    assert [(line["outcome"], line["logging.googleapis.com/labels"]["organization_id"]) for line in ended] == [
        ("retried", "acme")
    ]
