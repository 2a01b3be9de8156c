"""While the warehouse takes no rows, the account is not read again and again; afterwards nothing is missing."""

from dataclasses import replace

import pytest

from sendtrail.delivery.warehouse_breaker import FIRST_PAUSE_S, MAX_PAUSE_S, TriedWarehouse, WarehouseBreaker
from sendtrail.domain.campaign_report import Report
from sendtrail.errors import Unavailable
from sendtrail.ports import LeaseCheck, no_lease
from sendtrail.warehouse.rows import Batch
from tests.contracts.samples import contact, contacts
from tests.fake_account import FakeAccount
from tests.fakes import FakeClock, MemoryWarehouse
from tests.pipeline_harness import PipelineHarness

CAMPAIGNS, OPENS = 4, 200
HOUR_S, RETRY_S = 3_600, 60


class Outage(MemoryWarehouse):
    """A warehouse that takes nothing until a moment of the clock."""

    def __init__(self, clock: FakeClock, *, ends_at: float) -> None:
        super().__init__()
        self._clock, self._ends_at = clock, ends_at

    def merge(self, batch: Batch, /, *, check_lease: LeaseCheck = no_lease) -> int:
        """Merge a batch, once the outage is over."""
        if self._clock.monotonic() < self._ends_at:
            raise Unavailable("the warehouse is down")
        return super().merge(batch, check_lease=check_lease)


def a_pipeline(breaker: WarehouseBreaker | None, clock: FakeClock) -> PipelineHarness:
    """Return a pipeline with a few campaigns, whose warehouse is down for an hour."""
    account = FakeAccount()
    for campaign_id in range(1, CAMPAIGNS + 1):
        account.fill(campaign_id, Report.OPENS, OPENS)
    pipeline = PipelineHarness(account=account, clock=clock)
    pipeline.dispatch()
    pipeline.warehouse = outage = Outage(clock, ends_at=clock.monotonic() + HOUR_S)
    tried = outage if breaker is None else TriedWarehouse(inner=outage, breaker=breaker)
    pipeline.services = replace(pipeline.services, warehouse=tried, breaker=breaker)
    return pipeline


def delivered_every_minute(pipeline: PipelineHarness) -> int:
    """Deliver each message every minute until it is done; return how many pages were read."""
    waiting = pipeline.waiting()
    while waiting:
        pipeline.clock.advance(RETRY_S)
        left = []
        for topic, data in waiting:
            try:
                pipeline.handle(topic, data)
            except Unavailable:
                left.append((topic, data))
        waiting = left + pipeline.waiting()
    return len(pipeline.account.queries)


def test_pages_are_not_read_while_they_could_not_be_merged() -> None:
    """An hour of deliveries reads little more than there is to read; without the breaker, many times as much."""
    clock, other = FakeClock(), FakeClock()
    guarded, unguarded = a_pipeline(WarehouseBreaker(clock), clock), a_pipeline(None, other)

    pages, pages_without = delivered_every_minute(guarded), delivered_every_minute(unguarded)

    assert guarded.stored_ids() == guarded.account_ids()
    assert unguarded.stored_ids() == unguarded.account_ids()
    needed = CAMPAIGNS * OPENS // 20
    assert pages <= 2 * needed
    assert pages_without >= 10 * needed


def test_a_delivery_that_is_refused_claims_nothing() -> None:
    """Its message comes again, and finds the work as it was."""
    clock = FakeClock()
    breaker = WarehouseBreaker(clock)
    pipeline = a_pipeline(breaker, clock)
    breaker.failed()
    before = dict(pipeline.state.documents)

    with pytest.raises(Unavailable, match="tried again in 30 s"):
        pipeline.handle(*pipeline.waiting()[0])

    assert pipeline.state.documents == before
    assert pipeline.account.queries == []


def test_pauses_double_up_to_ten_minutes_and_end_with_a_merge() -> None:
    """One delivery may try after each."""
    clock = FakeClock()
    breaker = WarehouseBreaker(clock)
    for pause_s in (30, 60, 120, 240, 480, 600, 600):
        breaker.failed()
        clock.advance(pause_s - 1)
        with pytest.raises(Unavailable):
            breaker.ensure_closed()
        clock.advance(1)
        breaker.ensure_closed()
        with pytest.raises(Unavailable):
            breaker.ensure_closed()

    assert breaker.is_on_trial()
    breaker.succeeded()
    assert not breaker.is_on_trial()
    breaker.ensure_closed()
    assert (FIRST_PAUSE_S, MAX_PAUSE_S) == (30.0, 600.0)


def test_a_state_store_that_is_down_says_nothing_of_the_warehouse() -> None:
    """The lease is looked at before each merge; where that is not possible, the warehouse was not asked."""
    breaker = WarehouseBreaker(FakeClock())
    tried = TriedWarehouse(inner=MemoryWarehouse(), breaker=breaker)

    def look() -> None:
        raise Unavailable("the state store is down")

    with pytest.raises(Unavailable, match="state store"):
        tried.merge(contacts(contact()), check_lease=look)

    assert not breaker.is_on_trial()
