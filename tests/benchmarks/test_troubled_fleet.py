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

# A run takes some six minutes. No more campaigns change than an account may have threads: none of their messages has to
# come again, by which a run's length would be a matter of luck. A backfill has more than all instances have threads.
SHAPE = Shape(activities=48_000, contacts=1_000, changing=4, campaigns=96)
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


def others_lags_s(fleet: Fleet) -> list[float]:
    """Return how long the run of each account without trouble took."""
    return [lag_s for number in OTHERS for lag_s in fleet.lags_of(fleet.names[number])]


@pytest.mark.parametrize("troubles", [TROUBLES, WITH_A_SILENT_ONE], ids=["hanging", "silent"])
def test_the_others_lag_is_that_of_a_run_without_them(troubles: Sequence[Trouble]) -> None:
    """Each one's within a tenth, whether an account holds threads of the worker or hangs in the dispatcher already."""
    fleet = lived(troubles)

    assert others_lags_s(fleet) == pytest.approx(others_lags_s(lived(ABSENT)), rel=0.1)
    for number in OTHERS:
        first_send = first_send_of(SHAPE, number / 6)
        dispatched = ManualClock(MIDNIGHT + timedelta(hours=EVERY_H))
        stored = fleet.bigquery.rows[fleet.names[number]]
        for each in fleet_campaigns(SHAPE, clock=dispatched, first_send=first_send).campaigns():
            assert stored[each.campaign_id, "open"] >= each.counters["opens"]


def test_without_trouble_no_message_of_the_others_comes_again() -> None:
    """Or else luck would decide how long a run takes, and a tenth of it would say nothing."""
    fleet = lived(ABSENT)

    assert len(others_lags_s(fleet)) == len(OTHERS)
    assert fleet.queue.refused == 0


def test_each_trouble_is_what_it_is_called() -> None:
    """Or else the others would have nothing to notice."""
    fleet = lived(TROUBLES)

    hanging, revoked, paused, backfilling = fleet.names[:4]
    runs = {name: fleet.runs[name, f"run-{EVERY_H:03d}-0"] for name in fleet.names}
    assert runs[hanging].left == runs[hanging].published > 0
    assert fleet.late["Unavailable"] > 0
    # One failure of each run: of the contacts, and of the campaigns.
    assert fleet.queue.failures == ["the account does not accept the key"] * 2
    assert fleet.asked(revoked) == 2
    assert fleet.asked(paused) == runs[paused].published == 0
    assert runs[backfilling].left > 0
    assert fleet.asked(backfilling) > 1.1 * max(fleet.asked(fleet.names[number]) for number in OTHERS)
