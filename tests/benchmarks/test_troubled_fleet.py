"""Six accounts, four of them in trouble, through the deployed code and the queue: the other two do not notice."""

import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache

import pytest

from benchmarks.fleet.account import Shape, fleet_campaigns
from benchmarks.fleet.clock import MIDNIGHT
from benchmarks.fleet.fleet import MINUTE_S, Fleet, Run
from benchmarks.fleet.plan import Plan
from benchmarks.fleet.planting import first_send_of
from benchmarks.fleet.troubles import Trouble
from sendtrail.clock import ManualClock

# A run takes some five minutes, and an account has more messages than an instance has threads.
SHAPE = Shape(activities=120_000, contacts=1_000, changing=24, campaigns=48)
TROUBLES = (Trouble.HANGING, Trouble.REVOKED, Trouble.PAUSED, Trouble.BACKFILLING)
WITH_A_SILENT_ONE = (Trouble.SILENT, *TROUBLES[1:])
ABSENT = (Trouble.ABSENT,) * 4
OTHERS = (4, 5)
EVERY_H = 6


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Log nothing of what goes wrong on purpose."""
    caplog.set_level(logging.CRITICAL, logger="sendtrail")


@cache
def lived(troubles: Sequence[Trouble]) -> Fleet:
    """Return a fleet whose first accounts have troubles, after a dispatch of which the others are done."""
    plan = Plan(accounts=6, shape=SHAPE, every_h=EVERY_H, hours=EVERY_H, troubles=dict(enumerate(troubles)))
    fleet = Fleet(plan=plan)
    fleet.begin()
    while fleet.clock.monotonic() <= EVERY_H * 3_600 or any(run.left for run in others_runs(fleet)):
        fleet.scheduler.switches = 0
        fleet.scheduler.run(until=fleet.scheduler.now + MINUTE_S)
    fleet.end()
    return fleet


def others_runs(fleet: Fleet) -> Iterator[Run]:
    """Yield the runs of the accounts without trouble."""
    names = [fleet.names[number] for number in OTHERS]
    yield from (run for (name, _), run in fleet.runs.items() if name in names)


def lag_s(fleet: Fleet) -> float:
    """Return how long the runs of the accounts without trouble took, together."""
    return sum(sum(fleet.lags_of(fleet.names[number])) for number in OTHERS)


@pytest.mark.parametrize("troubles", [TROUBLES, WITH_A_SILENT_ONE], ids=["hanging", "silent"])
def test_the_others_lag_is_that_of_a_run_without_them(troubles: Sequence[Trouble]) -> None:
    """Within a tenth, whether an account holds threads of the worker or hangs in the dispatcher already."""
    fleet = lived(troubles)

    assert lag_s(fleet) <= 1.1 * lag_s(lived(ABSENT))
    for number in OTHERS:
        first_send = first_send_of(SHAPE, number / 6)
        dispatched = ManualClock(MIDNIGHT + timedelta(hours=EVERY_H))
        stored = fleet.bigquery.rows[fleet.names[number]]
        for each in fleet_campaigns(SHAPE, clock=dispatched, first_send=first_send).campaigns():
            assert stored[each.campaign_id, "open"] >= each.counters["opens"]


def test_each_trouble_is_what_it_is_called() -> None:
    """Or else the others would have nothing to notice."""
    fleet = lived(TROUBLES)

    hanging, revoked, paused, backfilling = fleet.names[:4]
    runs = {name: fleet.runs[name, f"run-{EVERY_H:03d}-0"] for name in fleet.names}
    assert runs[hanging].left > 20
    assert fleet.late["Unavailable"] > 0
    # One failure of each run: of the contacts, and of the campaigns.
    assert fleet.queue.failures == ["the account does not accept the key"] * 2
    assert fleet.asked(revoked) == 2
    assert fleet.asked(paused) == runs[paused].published == 0
    assert runs[backfilling].left > 0
    assert fleet.asked(backfilling) > 1.1 * max(fleet.asked(fleet.names[number]) for number in OTHERS)
