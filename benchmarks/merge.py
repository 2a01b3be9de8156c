"""The price of merging a day of 500,000 activities in BigQuery, computed from the batches that the worker merges."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import random
from uuid import uuid4

from benchmarks.counting_state import CountingState
from benchmarks.decaying_account import Decay, DecayingAccount, rows_by_report
from benchmarks.figures import Figure
from benchmarks.planted import write
from benchmarks.recording_warehouse import Merged, RecordingWarehouse
from benchmarks.syncing import ORGANIZATION
from sendtrail.clock import Deadline, ManualClock
from sendtrail.delivery.handler import handling
from sendtrail.delivery.services import DeliverySettings, Services
from sendtrail.domain.messages import SyncCampaign
from sendtrail.entrypoints.settings import FunctionSettings
from sendtrail.local.queue import InProcessQueue
from sendtrail.local.state.memory_state import MemoryState
from sendtrail.ports import Topic
from sendtrail.pricing.bigquery_bytes import MEBIBYTE, TEBIBYTE
from sendtrail.pricing.bill import bill
from sendtrail.pricing.unit_prices import DAYS_A_MONTH, PRICES, Unit
from sendtrail.sync.campaign import CampaignSource, sync_campaign
from sendtrail.sync.dispatch import dispatch
from sendtrail.sync.due import Policy, Request
from sendtrail.warehouse.rows import Table

MIDNIGHT = datetime(2025, 6, 2, tzinfo=UTC)
ROWS = 100_000
# An account allows five requests per second. Deliveries run one after the other here, each with all five; in reality
# four share them, so that a flush is due after a quarter of the pages.
PAGE_S, AT_A_TIME = 1 / 5, 4
PACING = DeliverySettings(flush_s=FunctionSettings.model_fields["flush_s"].default / AT_A_TIME)
TIME_BUDGET_S = 480.0
LOAD_JOBS_PER_DAY = 100_000  # of a project; each batch has a table of its own, so the limit per table is never reached
EVERY_H = (1, 6)  # as often as possible, and as deployed


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """A day of dispatches, `every_h` hours apart."""

    every_h: int
    decay: Decay = field(default_factory=Decay)


@dataclass(kw_only=True, slots=True)
class Recorded:
    """The batches that were merged in a day, the number of deliveries, and that of their transactions."""

    batches: list[Merged]
    deliveries: int = 0
    transactions: int = 0


def measure() -> list[Figure]:
    """Return what merging takes per day and per 100,000 rows, and what it costs per month."""
    return [figure for every_h in EVERY_H for figure in _figures(every_h, recorded(Day(every_h=every_h)))]


def recorded(day: Day) -> Recorded:
    """Let a day of dispatches pass and return what was recorded."""
    clock = ManualClock(MIDNIGHT)
    account = DecayingAccount(day.decay, clock=clock, page_s=PAGE_S, first_send=MIDNIGHT - 2 * day.decay.lasts)
    counters = {each.campaign_id: each.counters for each in account.campaigns()}
    warehouse = RecordingWarehouse(before=_before(day.decay), since=MIDNIGHT, rows=rows_by_report(counters))
    counting = CountingState(MemoryState({}, clock=clock))
    write(counting, counters, at=MIDNIGHT)
    queue = InProcessQueue(clock=clock, chance=random)
    services = Services(
        state=counting,
        publisher=queue,
        warehouse=warehouse,
        clock=clock,
        new_token=lambda: uuid4().hex,
        settings=PACING,
    )
    record = Recorded(batches=warehouse.merged)
    for hour in range(day.every_h, 25, day.every_h):
        moment = MIDNIGHT + timedelta(hours=hour)
        if clock.now() <= moment:  # otherwise the work of the last dispatch still goes on
            clock.advance_to(moment)
            _dispatch(account, services)
            before = counting.transactions
            record.deliveries += _deliver_all(account, services, queue)
            record.transactions += counting.transactions - before
    return record


def _before(decay: Decay) -> Counter[date]:
    days = (MIDNIGHT.date() - timedelta(days=ago) for ago in range(1, 2 * decay.lasts.days + 1))
    return Counter(dict.fromkeys(days, decay.daily))


def _dispatch(account: DecayingAccount, services: Services) -> None:
    request = Request(organization_id=ORGANIZATION, run_id=f"run-{services.clock.now():%H%M}", contacts=False)
    dispatch(request, lists=account, services=services, policy=Policy())


def _deliver_all(account: DecayingAccount, services: Services, queue: InProcessQueue) -> int:
    before = queue.counts()[Topic.CAMPAIGNS].done
    queue.run({Topic.CAMPAIGNS: lambda data: _deliver(data, account, services)}, concurrency=1)
    if queue.failures or queue.published_failures:
        raise RuntimeError(f"not everything was merged: {queue.failures} {queue.published_failures}")
    return queue.counts()[Topic.CAMPAIGNS].done - before


def _deliver(data: bytes, account: DecayingAccount, services: Services) -> None:
    source = CampaignSource(lists=account, reports=account)
    budget = Deadline(services.clock, budget_s=TIME_BUDGET_S)
    with handling(services) as delivery:
        sync_campaign(delivery.receive(data, SyncCampaign), source=source, services=services, budget=budget)


def _figures(every_h: int, record: Recorded) -> Iterator[Figure]:
    scenario = f"merge, every {every_h} h" if every_h > 1 else "merge, every hour"
    activities = [batch for batch in record.batches if batch.table is Table.EMAIL_ACTIVITIES]
    new = sum(batch.new_rows for batch in activities)
    for name, value, unit in _shares(activities, ROWS / new):
        yield Figure(scenario=scenario, name=f"{name} per {ROWS:,} new rows", value=value, unit=unit)
    tebibytes = DAYS_A_MONTH * sum(batch.billed_bytes for batch in record.batches) / TEBIBYTE
    yield Figure(scenario=scenario, name="new rows per day", value=new)
    yield Figure(scenario=scenario, name="deliveries per day", value=record.deliveries)
    yield Figure(scenario=scenario, name="MERGEs per delivery", value=len(activities) / record.deliveries)
    yield Figure(
        scenario=scenario, name="state transactions per delivery", value=record.transactions / record.deliveries
    )
    yield Figure(scenario=scenario, name="load jobs per day", value=len(record.batches), target=LOAD_JOBS_PER_DAY)
    yield Figure(
        scenario=scenario, name="billed per month", value=tebibytes, unit=" TiB", target=PRICES[Unit.STATEMENTS].free
    )
    yield Figure(
        scenario=scenario, name="price per month", value=bill({Unit.STATEMENTS: tebibytes}).dollars, unit=" $", target=0
    )


def _shares(activities: Sequence[Merged], share: float) -> Iterator[tuple[str, float, str]]:
    yield "MERGEs", share * len(activities), ""
    yield "rows staged", share * sum(batch.rows for batch in activities), ""
    yield "staged", share * sum(batch.staged_bytes for batch in activities) / MEBIBYTE, " MiB"
    yield "partitions touched", share * sum(batch.partitions for batch in activities), ""
