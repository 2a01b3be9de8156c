"""A fleet: what it counts is what the deployed code does, and what of it is too much is said."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from benchmarks.fleet.__main__ import COLUMNS, line
from benchmarks.fleet.account import Shape, fleet_campaigns
from benchmarks.fleet.bigquery import BigQuery
from benchmarks.fleet.clock import MIDNIGHT
from benchmarks.fleet.documents import Documents, PricedState, kind_of
from benchmarks.fleet.fleet import Fleet
from benchmarks.fleet.measured import Measured
from benchmarks.fleet.plan import Plan
from benchmarks.fleet.planting import first_send_of
from benchmarks.fleet.warehouse import FleetWarehouse
from sendtrail.clock import ManualClock
from sendtrail.errors import Busy
from sendtrail.ports import Transaction, Warehouse
from sendtrail.simulation.engine.scheduler import Scheduler
from sendtrail.warehouse.rows import Batch
from tests.contracts.samples import contact, contacts
from tests.fakes import NOON
from tests.gcp.test_bigquery_warehouse import batch, bench

TINY = Shape(activities=4_000, contacts=1_000, changing=4, campaigns=12)
FINE = Measured(
    plan=Plan(accounts=2),
    lag_s=1_200.0,
    longest_lag_s=1_500.0,
    budget_used=0.9,
    requests=50_000.0,
    merges=600.0,
    merges_at_once=6,
    refused_deliveries=3.0,
    gave_up=0.0,
    longest_delivery_s=490.0,
    longest_dispatch_s=30.0,
    loads=700.0,
    tebibytes=0.9,
    writes_a_second=3.0,
    writes=12_000.0,
    instance_s=11_000.0,
    dollars=6.0,
    unfinished=0,
)


def test_each_activity_of_a_day_is_stored_once() -> None:
    """Of every account, all that it counted when it was last dispatched, and nobody's work is left."""
    fleet = Fleet(plan=Plan(accounts=3, shape=TINY))

    fleet.live()

    assert (fleet.unfinished, fleet.queue.failures) == (0, [])
    for number, name in enumerate(fleet.names):
        first_send = first_send_of(TINY, number / 3)
        at_the_end = fleet_campaigns(TINY, clock=ManualClock(MIDNIGHT + timedelta(days=1)), first_send=first_send)
        later = fleet_campaigns(TINY, clock=fleet.clock, first_send=first_send)
        for each in at_the_end.campaigns():
            stored = fleet.bigquery.rows[name][each.campaign_id, "open"]
            assert each.counters["opens"] <= stored <= later.counters(each.campaign_id)["opens"]


def test_of_a_run_that_is_not_watched_to_its_end_the_pace_is_told() -> None:
    """A tenth in half an hour is all in five hours: before the next dispatch, or not."""
    found = replace(FINE, plan=Plan(accounts=2, watch_s=1_800.0), unfinished=2, share_done=0.1)

    assert "| 10.0% after 30: 300 |" in line(found)
    assert list(found.too_much) == []
    assert list(replace(found, share_done=0.05).too_much) == ["a run is not done before the next one"]


def test_a_fleet_is_watched_as_long_as_was_asked() -> None:
    """And knows what share of its work is done by then."""
    fleet = Fleet(plan=Plan(accounts=1, shape=replace(TINY, activities=80_000), hours=6, watch_s=60.0))

    fleet.live()

    assert fleet.scheduler.now <= 6 * 3_600 + 120.0
    assert fleet.unfinished
    assert fleet.share_done < 1.0


def test_a_fleet_that_is_not_done_ends_all_the_same() -> None:
    """With deliveries at work: how many runs were left is a figure, too."""
    fleet = Fleet(plan=Plan(accounts=2, shape=TINY, hours=6))
    fleet.begin()
    while not fleet.unfinished:
        fleet.scheduler.run(until=fleet.scheduler.now + 1)

    fleet.end()

    assert fleet.unfinished > 0


def test_the_same_fleet_lives_the_same_day() -> None:
    """What is drawn is drawn from the seed."""
    fleets = [Fleet(plan=Plan(accounts=2, shape=TINY, hours=6)) for _ in range(2)]

    for fleet in fleets:
        fleet.live()

    first, second = fleets
    assert first.lags_s == second.lags_s
    assert first.bigquery.bytes_billed == second.bigquery.bytes_billed


def test_a_table_runs_two_statements_and_queues_twenty() -> None:
    """The next one is refused, and comes again until its delivery has no time left."""
    scheduler = Scheduler(Random(1))
    bigquery, gave_up = BigQuery(scheduler, Random(1), daily=1), list[Busy]()

    def change() -> None:
        try:
            bigquery.change("a/merge", "a", [0], seconds_left=lambda: 20.0 - scheduler.now)
        except Busy as error:
            gave_up.append(error)

    for _ in range(40):
        scheduler.spawn(change, name="change")
    scheduler.run(until=3_600)

    assert bigquery.statements["a/merge"] + len(gave_up) == 40
    assert gave_up
    assert bigquery.most_at_once("a") == 40


def test_a_transaction_is_counted_as_firestore_bills_it() -> None:
    """What is read and not written is checked: as a write, or as the deletion of what is not there."""
    documents, clock = Documents(), ManualClock(NOON)
    documents.put("runs/1", {"a": 1})

    def work(transaction: Transaction) -> None:
        transaction.get("runs/1")
        transaction.get("runs/2")
        transaction.set("runs/3", {})

    PricedState(documents, clock).transact(work)

    assert (documents.reads, documents.writes, documents.deletes) == (2, 2, 1)
    assert documents.busiest == {"runs": 1}


def test_documents_of_a_kind_are_counted_together() -> None:
    """Whoever looks for the busiest one need not know all accounts."""
    assert kind_of("sync_state/email_activities_acme/campaigns/7") == "sync_state/email_activities/campaigns"


def test_a_fleet_runs_the_statements_of_the_adapter() -> None:
    """A batch of each table, and the end of a pass: the same statements in the same order."""
    activities, seen = batch(1, 2), contacts(contact())
    scheduler = Scheduler(Random(1))
    bigquery = BigQuery(scheduler, Random(1), daily=1)
    fleet = FleetWarehouse(bigquery=bigquery, shape=TINY, accounts=1, seconds_left=lambda: 60.0)

    with bench() as it:
        _use(it.warehouse, [activities, seen])
        queries = list(it.server.calls("query"))
    scheduler.spawn(lambda: _use(fleet, [activities, seen]), name="fleet")
    scheduler.run(until=600)

    ran = list(bigquery.statements.elements())
    assert len(queries) == len(ran)
    assert all(any(f"_{path.replace('/', '_')}_" in name for name in queries) for path in ran)


def _use(warehouse: Warehouse, batches: list[Batch]) -> None:
    for each in batches:
        warehouse.merge(each)
    warehouse.mark_vanished("acme", pass_id="pass-1", seen=1, at=NOON)
    warehouse.forget_pass("acme", pass_id="pass-1")


def test_nothing_is_said_where_nothing_is_too_much() -> None:
    """The line of a table has all columns."""
    assert list(FINE.too_much) == []
    assert line(FINE).count("|") == len(COLUMNS) + 1
    assert line(FINE).endswith("| nothing |")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"longest_lag_s": 6 * 3_600.0 + 1}, "a run is not done before the next one"),
        ({"unfinished": 1, "share_done": 0.9}, "a run is not done before the next one"),
        ({"gave_up": 12.0}, "12 deliveries a day give up"),
        ({"longest_delivery_s": 541.0}, "a delivery takes 541 s"),
        ({"longest_dispatch_s": 600.0}, "the dispatcher takes 600 s"),
        ({"loads": 100_001.0}, "load jobs a day"),
        ({"dollars": 20.5}, "more than 10 $ an account"),
    ],
)
def test_what_is_too_much_is_said(changes: dict[str, float], expected: str) -> None:
    """Each limit by itself."""
    (found,) = replace(FINE, **changes).too_much  # type: ignore[arg-type]

    assert found.startswith(expected)
