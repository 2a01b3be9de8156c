"""Any stored time may be that of a clock that was wrong: the next sync brings everything, and does not wait for it."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from sendtrail.delivery.services import DeliverySettings
from sendtrail.domain.activity import happened_since
from sendtrail.domain.campaign_report import Report, ReportPage, ReportQuery
from sendtrail.domain.request_rate import RateLimit
from sendtrail.domain.timestamp_meaning import TimestampEvidence
from sendtrail.ports import Topic
from sendtrail.rate_limit.gcra import max_wait
from sendtrail.warehouse.rows import Table
from tests.fake_account import FakeAccount, a_contact
from tests.fakes import FakeClock, MemoryWarehouse
from tests.pipeline_harness import ORGANIZATION, Crash, CrashPoint, PipelineHarness, crashing
from tests.rate_limit.budgets import a_budget

HOUR = timedelta(hours=1)
SHIFTS = [sign * shift for shift in (timedelta(minutes=10), timedelta(days=1), timedelta(days=365)) for sign in (1, -1)]
# What a message may have to wait for: a lease, twice as long as it can last, and the rate limit.
MAX_WAIT_S = 2 * DeliverySettings().lease_s + max_wait(RateLimit(requests_per_second=5)).total_seconds()
Path = tuple[str, ...]


class EarlyStop(FakeAccount):
    """An account whose reports end where nothing older is wanted, as those do that are read newest first."""

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the rows since the moment that is asked for."""
        for page in super().read(query):
            yield replace(page, activities=[each for each in page.activities if happened_since(each, query.since)])


class MovingRows(MemoryWarehouse):
    """A warehouse that has seen rows move, so that opens and clicks are not read to their end every time."""

    def timestamp_evidence(self, organization_id: str, *, since: date) -> Mapping[str, TimestampEvidence]:  # noqa: ARG002
        """Return that they do."""
        return dict.fromkeys(("open", "click"), TimestampEvidence(moved=1_000))


def with_every_time() -> PipelineHarness:
    """Return a pipeline that has stored every time there is: one sync that is done, and one that was killed halfway."""
    account = EarlyStop(people={number: a_contact(number) for number in range(1, 90)})
    account.fill(1, Report.OPENS, 45)
    account.fill(1, Report.CLICKS, 5)
    pipeline = PipelineHarness(account=account, crash_point=CrashPoint())
    pipeline.warehouse = MovingRows(pipeline.clock)
    pipeline.services = pipeline.services_with(crashing(pipeline.warehouse, pipeline.crash_point))
    pipeline.sync("run0")
    pipeline.clock.advance(HOUR.total_seconds())
    account.fill(2, Report.OPENS, 130)
    pipeline.dispatch("run1")
    for topic, data in pipeline.waiting():
        pipeline.steps = 3 if topic is Topic.CAMPAIGNS else 2
        pipeline.handle(topic, data)
        [(_, continuation)] = pipeline.waiting()
        pipeline.crash_point.kill_at = pipeline.crash_point.operations + 3  # claimed, and something is begun
        with pytest.raises(Crash):
            pipeline.handle(topic, continuation)
        pipeline.crash_point.kill_at = None
    a_budget(pipeline.clock, pipeline.state).acquire()
    pipeline.steps = 1_000_000
    return pipeline


def times_in(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield where times are within a document."""
    if isinstance(value, datetime):
        yield path
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from times_in(inner, (*path, str(key)))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from times_in(inner, (*path, str(index)))


def shifted(value: Any, path: Path, by: timedelta) -> Any:
    """Return a copy of a document with one of its times shifted."""
    if not path:
        return value + by
    key: Any = int(path[0]) if isinstance(value, list) else path[0]
    copy = deepcopy(value)
    copy[key] = shifted(value[key], path[1:], by)
    return copy


DOCUMENTS = with_every_time().state.documents
PLACES: Sequence[tuple[str, Path]] = [
    (name, path) for name, document in sorted(DOCUMENTS.items()) for path in times_in(document)
]


def assert_all_is_in(pipeline: PipelineHarness) -> None:
    """Assert that the warehouse holds what the account does."""
    contacts = [row for row in pipeline.warehouse.rows(Table.CONTACTS) if not row["deleted_at"]]
    assert pipeline.stored_ids() == pipeline.account_ids()
    assert {int(row["contact_id"]): row["first_name"] or "" for row in contacts} == {
        number: person.first_name for number, person in pipeline.account.people.items()
    }


def change(pipeline: PipelineHarness) -> None:
    """Change what the account holds."""
    account, now = pipeline.account, pipeline.clock.now()
    account.fill(1, Report.OPENS, 7, at=now)
    account.fill(1, Report.CLICKS, 3, at=now)
    account.people[3] = a_contact(3, first_name="Renamed", updated_at=now)
    account.people[100] = a_contact(100)
    account.people.pop(5, None)


@pytest.mark.parametrize("by", SHIFTS, ids=str)
@pytest.mark.parametrize(("name", "path"), PLACES, ids=lambda value: "/".join(value)[-60:])
def test_a_stored_time_that_is_wrong_loses_nothing_and_holds_up_nobody(name: str, path: Path, by: timedelta) -> None:
    """By minutes, a day or a year, forward or back."""
    pipeline = with_every_time()
    pipeline.state.documents[name] = shifted(pipeline.state.documents[name], path, by)
    pipeline.clock.advance(HOUR.total_seconds())
    change(pipeline)
    before = pipeline.clock.monotonic()

    a_budget(pipeline.clock, pipeline.state).acquire()
    pipeline.sync("run2")
    waited_s = pipeline.clock.monotonic() - before
    pipeline.clock.advance(2 * DeliverySettings().lease_s)
    pipeline.sync("run3")

    assert_all_is_in(pipeline)
    assert waited_s <= MAX_WAIT_S


@pytest.mark.parametrize("is_store_right", [False, True], ids=["the store's, too", "the worker's alone"])
@pytest.mark.parametrize("by", SHIFTS, ids=str)
def test_a_clock_that_was_wrong_during_a_sync_loses_nothing(by: timedelta, is_store_right: bool) -> None:
    """A store on a server has its own clock, a file has the machine's; contacts, campaigns and rows get true times."""
    pipeline = with_every_time()
    pipeline.warehouse = MovingRows(pipeline.clock)
    pipeline.services = pipeline.services_with(crashing(pipeline.warehouse, pipeline.crash_point))
    pipeline.state.documents.clear()
    pipeline.sync("healthy")
    right = pipeline.clock
    right.advance(24 * HOUR.total_seconds())
    change(pipeline)

    wrong = FakeClock(right.now() + by)
    pipeline.state.clock = right if is_store_right else wrong
    pipeline.services = pipeline.services_with(pipeline.services.warehouse, clock=wrong)
    pipeline.sync("wrong")
    right.advance(HOUR.total_seconds())
    change(pipeline)
    pipeline.account.people[3] = a_contact(3, first_name="Again", updated_at=right.now())
    pipeline.state.clock = right
    pipeline.services = pipeline.services_with(pipeline.services.warehouse, clock=right)
    before = right.monotonic()
    pipeline.sync("right")

    contacts = pipeline.warehouse.rows(Table.CONTACTS)
    assert_all_is_in(pipeline)
    assert all(datetime.fromisoformat(row["updated_at"]) <= right.now() for row in contacts if row["contact_id"] == "3")
    assert [row["opens"] for row in pipeline.warehouse.rows(Table.CAMPAIGNS)] == [59, 130]
    assert right.monotonic() == before


def test_every_stored_time_is_in_the_table() -> None:
    """Leases, budget, runs, checkpoints, records, progress: a document without a time is not there to be tested."""
    kinds = {name.split("/")[0] for name, _ in PLACES}
    fields = {path[-1] if not path[-1].isupper() else path[-2] for _, path in PLACES}

    assert kinds == {name.split("/")[0] for name in DOCUMENTS}
    assert ORGANIZATION in {path[-1] for _, path in PLACES}  # a lease of the dispatcher
    assert {"expires_at", "started_at", "audited_at", "synced_at", "changed_at", "read_at", "next_free"} <= fields
