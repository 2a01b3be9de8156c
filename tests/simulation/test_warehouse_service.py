"""The jobs of a simulated warehouse, submitted and waited for as those of BigQuery are."""

from collections.abc import Callable
from random import Random
from typing import Any, cast

import pytest

from sendtrail.errors import Busy, SendtrailError, Unavailable
from sendtrail.gcp.bigquery_jobs import Job, Jobs
from sendtrail.simulation.bigquery.warehouse_service import WarehouseService
from sendtrail.simulation.cloud.process import ServerClock
from sendtrail.simulation.engine.scheduler import Scheduler

SEED_WITHOUT_WAITING = 1


class Warehouse:
    """A warehouse and what submits jobs to it, each of which takes four seconds."""

    def __init__(self) -> None:
        self.scheduler = Scheduler(Random(1))
        self.service = WarehouseService(self.scheduler, seed=SEED_WITHOUT_WAITING)
        self.done: list[float] = []
        self.errors: list[SendtrailError] = []

    def start(self, *, seconds: float) -> None:
        """Begin to merge into a table, for so long at most."""
        ends_at = self.scheduler.now + seconds
        jobs = Jobs(
            cast("Any", None), clock=ServerClock(self.scheduler), seconds_left=lambda: ends_at - self.scheduler.now
        )

        def submit(_job_id: str, _timeout_s: float) -> Job:
            work: Callable[[], None] = lambda: self.done.append(self.scheduler.now)  # noqa: E731
            return cast("Job", self.service.submit("contacts", work, lasts_s=4.0))

        def merge() -> None:
            try:
                jobs.run("merge", submit)
            except SendtrailError as error:
                self.errors.append(error)

        self.scheduler.spawn(merge, name="merge")

    def run(self) -> None:
        """Let time pass until nothing is left to do."""
        self.scheduler.run(until=self.scheduler.now + 10_000)
        self.scheduler.close()


def test_a_statement_that_is_refused_is_submitted_again_until_it_has_its_turn() -> None:
    """Two run at once, and the next ones come after them."""
    warehouse = Warehouse()
    for _ in range(5):
        warehouse.start(seconds=500)
    warehouse.run()

    assert (warehouse.done[:2], len(warehouse.done), warehouse.errors) == ([4.0, 4.0], 5, [])


def test_who_waits_in_vain_at_a_busy_table_is_told_that_it_is_busy() -> None:
    """Which is no outage."""
    warehouse = Warehouse()
    warehouse.service.keep_busy("contacts")
    warehouse.start(seconds=30)
    warehouse.run()

    assert [type(error) for error in warehouse.errors] == [Busy]


@pytest.mark.parametrize(("lasts_s", "errors"), [(10.0, []), (3_600.0, [Unavailable])])
def test_while_the_warehouse_is_out_no_job_is_taken(lasts_s: float, errors: list[type[Exception]]) -> None:
    """Who tries for longer than that does not notice."""
    warehouse = Warehouse()
    warehouse.service.break_down(lasts_s=lasts_s)
    warehouse.start(seconds=500)
    warehouse.run()

    assert [type(error) for error in warehouse.errors] == errors
