"""A lease that was stored while a clock was wrong makes nobody wait for longer than a bound."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from sendtrail.delivery import checkpoint as rules
from sendtrail.delivery.checkpoint import MAX_LEASE_S, Checkpoint, Claim, Lease, Status, new_lease
from sendtrail.delivery.lease import LeaseHolder, TaskContext
from sendtrail.delivery.services import Services
from sendtrail.domain.work_item import WorkItem
from sendtrail.errors import LeaseLost
from sendtrail.state.documents import campaign_path
from sendtrail.warehouse.rows import Table
from tests.fakes import NOON, FakeClock, MemoryPublisher, MemoryState, MemoryWarehouse

LEASE_S = 120.0
RUNNING = Checkpoint(run_id="run1", sequence=1, status=Status.RUNNING, updated_at=NOON)


def leased_until(seconds: float) -> Checkpoint:
    """Return a checkpoint whose lease ends so many seconds from noon."""
    return replace(RUNNING, lease=Lease(token="theirs", expires_at=NOON + timedelta(seconds=seconds)))


def a_holder(state: MemoryState, *, token: str) -> LeaseHolder:
    """Return a worker of the same delivery."""
    services = Services(
        state=state,
        publisher=MemoryPublisher(),
        warehouse=MemoryWarehouse(),
        clock=state.clock,
        new_token=lambda: token,
    )
    context = TaskContext(
        item=WorkItem(organization_id="acme", subject="7", run_id="run1", sequence=1),
        checkpoint_path=campaign_path("acme", 7),
        table=Table.EMAIL_ACTIVITIES,
        counts=False,
    )
    return LeaseHolder(context, services=services, token=token)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-365 * 86_400, Claim.TAKEN),
        (0, Claim.TAKEN),
        (LEASE_S, Claim.HELD),
        (2 * LEASE_S, Claim.HELD),
        (2 * LEASE_S + 1, Claim.TAKEN),
        (600 + LEASE_S, Claim.TAKEN),
        (86_400, Claim.TAKEN),
        (100 * 365 * 86_400, Claim.TAKEN),
    ],
)
def test_a_lease_is_waited_for_as_long_as_it_can_last(seconds: float, expected: Claim) -> None:
    """Twice the length of a lease, at most."""
    mine = new_lease("mine", now=NOON, lease_s=LEASE_S)

    decision, _ = rules.claim(leased_until(seconds), run_id="run1", sequence=1, lease=mine, now=NOON)

    assert decision is expected


@pytest.mark.parametrize(("seconds", "held"), [(-1, False), (2 * MAX_LEASE_S, True), (2 * MAX_LEASE_S + 1, False)])
def test_without_a_length_the_longest_that_can_be_set_counts(seconds: float, held: bool) -> None:
    """The dispatcher does not know how long the workers' leases are."""
    assert leased_until(seconds).is_held(NOON) is held


def test_a_worker_with_a_wrong_clock_is_not_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    """One sentence says so, and the other worker learns at its next write that its lease is lost."""
    state = MemoryState(FakeClock(NOON + timedelta(days=365)))
    wrong = a_holder(state, token="wrong")
    wrong.claim()
    state.clock = FakeClock()
    other = a_holder(state, token="other")

    with caplog.at_level(logging.WARNING):
        claims = [other.claim(), other.claim()]

    assert claims == [Claim.TAKEN, Claim.HELD]
    [sentence] = caplog.messages
    assert "stored while a clock was wrong" in sentence
    with pytest.raises(LeaseLost):
        wrong.renew()
