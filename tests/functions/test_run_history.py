"""The table of runs on Google Cloud: each run is written by the next one of its account, with what all of it took."""

import json

import pytest

from sendtrail.metrics.definitions import RUN_DURATION
from sendtrail.ports import Topic
from sendtrail.simulator import Failure, FailureKind
from sendtrail.state.documents import account_path, campaign_path, run_path, wants_path
from sendtrail.warehouse.rows import Table
from tests.functions.conftest import Connect
from tests.functions.instance import Instance

ACME = json.dumps({"organization_id": "acme"}).encode()


def dispatch(instance: Instance, body: bytes = ACME) -> list[bytes]:
    """Dispatch a minute later, so that runs sort as they began, and return the messages about campaigns."""
    instance.clock.advance(60)
    instance.publisher.take(Topic.CAMPAIGNS)
    assert instance.post("dispatcher", body).status_code == 202
    return instance.publisher.take(Topic.CAMPAIGNS)


def run(instance: Instance, body: bytes = ACME) -> None:
    """Dispatch, and deliver each message."""
    for data in dispatch(instance, body):
        assert instance.push("campaign_worker", data).status_code == 200


def test_the_next_run_writes_what_the_one_before_took(instance: Instance, connect: Connect) -> None:
    """Of the dispatcher and of every worker: each request that the account answered, and each row."""
    account = connect("acme", failures=(Failure(kind=FailureKind.RATE_LIMITED, times=1),))

    run(instance)
    took = account.stats()
    before = instance.warehouse.rows(Table.RUNS)
    dispatch(instance)

    [row] = instance.warehouse.rows(Table.RUNS)
    assert before == []
    assert (row["outcome"], row["unfinished"], row["failures"]) == ("complete", 0, 0)
    assert row["requests"] == took.requests > 0
    assert (row["throttled_requests"], row["retries"]) == (1, 1)
    assert row["activities_new"] == instance.warehouse.counts()[Table.EMAIL_ACTIVITIES] > 0
    assert (row["campaigns"], row["ended_at"] is not None) == (3, True)


def test_a_run_that_left_work_is_interrupted(instance: Instance, connect: Connect) -> None:
    """The next run goes on with it."""
    connect("acme")

    messages = dispatch(instance)
    dispatch(instance)

    [row] = instance.warehouse.rows(Table.RUNS)
    assert (row["outcome"], row["unfinished"], row["ended_at"]) == ("interrupted", len(messages), None)


def test_work_that_the_next_run_overtakes_counts_in_the_run_in_which_it_ends(
    instance: Instance, connect: Connect
) -> None:
    """As the row of its own run is written by then: all rows together are what was answered and what is stored."""
    account = connect("acme")

    overtaken = dispatch(instance)
    dispatch(instance)
    for data in overtaken:
        assert instance.push("campaign_worker", data).status_code == 200
    took, stored = account.stats().requests, instance.warehouse.counts()[Table.EMAIL_ACTIVITIES]
    dispatch(instance)

    first, second = instance.warehouse.rows(Table.RUNS)
    assert first["requests"] + second["requests"] == took
    assert (first["activities_new"], second["activities_new"]) == (0, stored)


@pytest.mark.parametrize(("broken", "force"), [("checkpoint", False), ("checkpoint", True), ("wants", False)])
def test_a_run_that_leaves_something_out_is_not_complete(
    instance: Instance, connect: Connect, broken: str, force: bool
) -> None:
    """Whether its dispatcher ends it, as nothing else is due, or a worker; the next run may be complete again."""
    account = connect("acme")
    run(instance)
    campaign = campaign_path("acme", next(account.campaigns_truth()).id)
    path = {"checkpoint": campaign, "wants": wants_path("acme")}[broken]
    whole = instance.state.documents.get(path)

    instance.state.documents[path] = {"wants": 7, "sequence": "many"}
    run(instance, json.dumps({"organization_id": "acme", "force": force}).encode())
    instance.state.documents.pop(path)
    instance.state.documents |= {} if whole is None else {path: whole}
    run(instance)
    run(instance)

    rows = instance.warehouse.rows(Table.RUNS)
    assert [(row["outcome"], row["failures"]) for row in rows] == [("complete", 0), ("incomplete", 1), ("complete", 0)]
    assert len(instance.metrics.values(RUN_DURATION, outcome="incomplete")) == 1
    assert len(instance.metrics.values(RUN_DURATION, outcome="complete")) == 3


def test_a_run_of_a_version_that_counted_nothing_has_no_row(instance: Instance, connect: Connect) -> None:
    """As it would say that nothing was asked and nothing stored; the runs after it are written."""
    connect("acme")
    run(instance)
    documents = instance.state.documents
    status = {**documents[account_path("acme")]}
    of_run = {**documents[run_path(status["run_id"])]}
    del status["usage"], status["ended_at"], status["left_out"], of_run["usage"]
    documents[account_path("acme")], documents[run_path(status["run_id"])] = status, of_run

    run(instance)
    before = instance.warehouse.rows(Table.RUNS)
    run(instance)

    [row] = instance.warehouse.rows(Table.RUNS)
    assert (before, row["outcome"]) == ([], "complete")
    assert row["requests"] > 0
