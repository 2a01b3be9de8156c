"""What the functions measure on Google Cloud, and that they send it with each request."""

import json

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
from sendtrail.warehouse.rows import Table
from tests.functions.conftest import Connect
from tests.functions.instance import Instance

ACME = {"organization_id": "acme"}


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
