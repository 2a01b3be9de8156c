"""What the functions measure on Google Cloud, and that they send it with each request."""

import json
from contextlib import ExitStack
from datetime import timedelta

from sendtrail.delivery.fair_share import DELIVERIES_AN_ACCOUNT
from sendtrail.metrics.definitions import (
    DELIVERY_DURATION,
    GAPS,
    LAG,
    REQUESTS,
    ROWS_READ,
    ROWS_STORED,
    RUN_DURATION,
    THROTTLED_REQUESTS,
)
from sendtrail.ports import Topic
from sendtrail.state.documents import run_path, to_document
from sendtrail.sync.runs.stored_run import Run
from sendtrail.warehouse.rows import Table
from tests.fakes import NOON
from tests.functions.conftest import Connect
from tests.functions.instance import SECRET, Instance

ACME = {"organization_id": "acme"}
SCHEDULED = {"X-CloudScheduler-JobName": "sendtrail-campaigns", "X-CloudScheduler-ScheduleTime": "2025-06-01T12:00:00Z"}
RUN_ID = "20250601T120000Z-sendtrail-campaigns"


def run(instance: Instance) -> None:
    """Dispatch, and deliver each message."""
    for messages in instance.publisher.published.values():
        messages.clear()
    assert instance.post("dispatcher", json.dumps(ACME).encode()).status_code == 202
    for data in instance.publisher.published[Topic.CAMPAIGNS]:
        assert instance.push("campaign_worker", data).status_code == 200


def test_a_run_is_measured_from_its_dispatch_to_its_last_campaign(instance: Instance, connect: Connect) -> None:
    """Requests, rows by type, deliveries, the end of the run; the next one finds how old the data is, and no gap."""
    account = connect("acme")

    run(instance)
    campaigns = len(instance.publisher.published[Topic.CAMPAIGNS])
    run(instance)

    metrics = instance.metrics
    assert sum(metrics.values(REQUESTS, account="acme")) == account.stats().requests
    assert sum(metrics.values(THROTTLED_REQUESTS)) == 0
    stored = instance.warehouse.counts()[Table.EMAIL_ACTIVITIES]
    assert sum(metrics.values(ROWS_STORED, table="email_activities")) == stored > 0
    assert sum(metrics.values(ROWS_READ, event_type="open")) > 0
    assert len(metrics.values(DELIVERY_DURATION, work="campaign", outcome="done")) == campaigns
    assert len(metrics.values(RUN_DURATION, outcome="complete")) == 2
    assert len(metrics.values(LAG, account="acme")) == 1
    assert metrics.values(GAPS, cause="unfinished") == [0, 0]
    assert metrics.flushed == 2 + campaigns


def test_an_account_that_refuses_the_key_is_a_run_with_an_error(instance: Instance, connect: Connect) -> None:
    """It was measured, and what was measured is sent."""
    connect("acme", key="wrong")

    instance.post("dispatcher", json.dumps(ACME).encode())

    assert len(instance.metrics.values(RUN_DURATION, account="acme", outcome="error")) == 1
    assert instance.metrics.flushed == 1


def outcomes(instance: Instance) -> list[object]:
    """Return how each run ended that was measured."""
    return [named["outcome"] for name, _, named in instance.metrics.measured if name == RUN_DURATION.name]


def test_a_request_that_others_are_ahead_of_is_no_error(instance: Instance, connect: Connect) -> None:
    """The Scheduler asked twice, or the account has its share of the instance: it comes again."""
    connect("acme")
    leases = {"acme": NOON + timedelta(minutes=1)}
    instance.state.documents[run_path(RUN_ID)] = to_document(Run(expires_at=NOON, leases=leases, summaries={}))

    instance.post("dispatcher", b"", SCHEDULED)
    with ExitStack() as deliveries:
        for _ in range(DELIVERIES_AN_ACCOUNT):
            deliveries.enter_context(instance.cloud.account("acme"))
        instance.post("dispatcher", json.dumps(ACME).encode())

    assert outcomes(instance) == ["busy", "busy"]


def test_a_run_that_is_asked_for_again_is_measured_once(instance: Instance, connect: Connect) -> None:
    """Nothing is due in it, so that its dispatcher ends it: the one request that dispatched it."""
    connect("acme")
    run(instance)
    before = len(outcomes(instance))

    for _ in range(2):
        instance.post("dispatcher", b"", SCHEDULED)

    assert outcomes(instance)[before:] == ["complete"]


def test_a_run_ends_once_however_often_a_campaign_fails(instance: Instance, connect: Connect) -> None:
    """A failed campaign that is delivered again opens its run once more, which was measured by then."""
    connect("acme")
    instance.post("dispatcher", json.dumps(ACME).encode())
    *others, last = instance.publisher.take(Topic.CAMPAIGNS)
    for data in others:
        instance.push("campaign_worker", data)

    key = instance.keys[f"{SECRET}-acme"]
    for each in ("revoked", key):
        instance.clock.advance(60)
        instance.keys[f"{SECRET}-acme"], delivered_at = each, instance.clock.now()
        instance.push("campaign_worker", last)
    instance.clock.advance(60)
    run(instance)

    (row,) = instance.warehouse.rows(Table.RUNS)
    assert outcomes(instance) == ["incomplete", "complete"]
    assert (row["outcome"], row["ended_at"] >= delivered_at.isoformat()) == ("complete", True)
