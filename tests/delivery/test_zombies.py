"""A worker may stand still before, within or after any write, while another one does its work: it then harms nothing.

The writes are those that an undisturbed worker makes, so that a new one is part of the matrix by itself.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.delivery.services import DeliverySettings
from sendtrail.domain.campaign_report import Report
from sendtrail.errors import Retryable
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.state.duckdb_state import DuckDbState
from sendtrail.ports import Publisher, State, Topic, Warehouse
from sendtrail.state.documents import campaigns_path, contacts_path, from_document
from sendtrail.warehouse.tables import FOLDER
from tests.delivery.frozen import FreezePoint, OddAccount
from tests.fake_account import a_contact
from tests.pipeline_harness import ORGANIZATION, READS, PipelineHarness, crashing

HOUR_S = 3_600.0
WAREHOUSE_WRITES = {"merge", "mark_vanished", "forget_pass"}
# Tables that people fill, and no worker.
OF_PEOPLE = {"conversions/merge", "attribution_settings/merge", "users/merge"}
# Where the newest reading wins, whoever merges last (tests/contracts), and what an erasure deletes (tests/erasure).
IN_ANY_ORDER = {"messages/merge", "erased_rows/merge"}
OF_ERASURE = "erasure/"


class Subject(StrEnum):
    """Who stands still."""

    DISPATCHER = "dispatcher"
    CAMPAIGN_WORKER = "campaign_worker"
    CONTACTS_WORKER = "contacts_worker"


class TracedWarehouse(DuckDbWarehouse):
    """A DuckDB file that notes which statements of `sql/` it runs."""

    def __init__(self, path: Path, **options: Any) -> None:
        self.statements: set[str] = set()
        super().__init__(path, **options)

    def _count(self, name: str, parameters: Any, **options: Any) -> int:
        self.statements.add(name)
        return super()._count(name, parameters, **options)


@dataclass
class Scene:
    """The pipeline on the embedded adapters: one worker that stands still, and those who go on."""

    freeze_point: FreezePoint
    pipeline: PipelineHarness
    warehouse: TracedWarehouse
    state: DuckDbState
    waiting: list[tuple[Topic, bytes]] = field(default_factory=list)

    def act(self, subject: Subject) -> None:
        """Let the worker do its work, from a run that is an hour old when it begins."""
        if subject is not Subject.DISPATCHER:
            self.pipeline.dispatch("run1")
            self.waiting = self.pipeline.waiting()
        self.freeze_point.is_on = True
        if subject is Subject.DISPATCHER:
            self.pipeline.dispatch("run1")
        else:
            self.pipeline.handle(*self._message(subject))
        self.freeze_point.is_on = False

    def go_on(self) -> None:
        """Let other workers finish this run and the next one, while the account changes."""
        account = self.pipeline.account = deepcopy(self.pipeline.account)  # the zombie has the old one in hand
        account.people[3] = a_contact(3, first_name="Renamed", updated_at=self.pipeline.clock.now())
        del account.people[5]
        self.pipeline.clock.advance(self.pipeline.settings.lease_s + 1)
        for topic, data in self.waiting:
            self.pipeline.handle(topic, data)
        self._next_run("run2")
        account.people[99] = a_contact(99)
        account.fill(1, Report.OPENS, 5, at=self.pipeline.clock.now())
        self._next_run("run3")

    def contacts(self) -> dict[int, str]:
        """Return the first names of the stored contacts that are not marked as deleted."""
        rows = self._rows("SELECT contact_id, first_name FROM marketing_ai.contacts WHERE deleted_at IS NULL")
        return {int(contact_id): name or "" for contact_id, name in rows}

    def activity_ids(self) -> set[str]:
        """Return the ids of the stored activities."""
        return {activity_id for (activity_id,) in self._rows("SELECT activity_id FROM marketing_ai.email_activities")}

    def counters(self) -> list[int]:
        """Return the stored counters of opens."""
        return [opens for (opens,) in self._rows("SELECT opens FROM marketing_ai.campaigns")]

    def checkpoints(self) -> list[Checkpoint]:
        """Return all checkpoints."""
        of_contacts = self.state.transact(lambda transaction: transaction.get(contacts_path(ORGANIZATION)))
        documents = [document for _, document in self.state.children(campaigns_path(ORGANIZATION))]
        return [from_document(Checkpoint, document) for document in (of_contacts, *documents) if document]

    def _message(self, subject: Subject) -> tuple[Topic, bytes]:
        topic = Topic.CAMPAIGNS if subject is Subject.CAMPAIGN_WORKER else Topic.CONTACTS
        return next(each for each in self.waiting if each[0] is topic)

    def _next_run(self, run_id: str) -> None:
        self.pipeline.clock.advance(HOUR_S)
        self.pipeline.sync(run_id)

    def _rows(self, sql: str) -> Sequence[Any]:
        return list(self.warehouse.query(sql).rows)


@contextmanager
def a_scene(freeze_at: int | None = None, *, make: Callable[[Path], Path] | None = None) -> Iterator[Scene]:
    """Give the pipeline after a first run, and a day later a change of the account."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        point = FreezePoint(freeze_at=freeze_at)
        account = OddAccount(people={number: a_contact(number) for number in range(1, 31)})
        account.fill(1, Report.OPENS, 25)
        pipeline = PipelineHarness(account=account, settings=DeliverySettings(flush_rows=20))
        path = make(folder / "x.duckdb") if make else folder / "x.duckdb"
        warehouse = stack.enter_context(TracedWarehouse(path, clock=pipeline.clock))
        state = stack.enter_context(DuckDbState(warehouse, clock=pipeline.clock))
        pipeline.services = replace(
            pipeline.services,
            state=crashing(state, point),
            warehouse=crashing(warehouse, point),
            publisher=crashing(pipeline.publisher, point),
        )
        scene = Scene(freeze_point=point, pipeline=pipeline, warehouse=warehouse, state=state)
        point.meanwhile = scene.go_on
        pipeline.sync("run0")
        pipeline.clock.advance(24 * HOUR_S)
        del account.people[4]
        account.people[31] = a_contact(31)
        account.fill(1, Report.OPENS, 25, at=pipeline.clock.now())
        yield scene


def undisturbed(subject: Subject) -> tuple[FreezePoint, set[str]]:
    """Return what a worker does that nobody disturbs, and the statements that were run until then."""
    with a_scene() as scene:
        scene.act(subject)
        return scene.freeze_point, scene.warehouse.statements


TRACES = {subject: undisturbed(subject) for subject in Subject}
POINTS = [(subject, at) for subject, (point, _) in TRACES.items() for at in range(1, point.operations + 1)]


@pytest.mark.parametrize(("subject", "freeze_at"), POINTS)
def test_a_worker_that_stood_still_harms_nothing(
    make_database: Callable[[Path], Path], subject: Subject, freeze_at: int
) -> None:
    """Others did its work and that of the next runs meanwhile; after it woke up, all is as they left it."""
    with a_scene(freeze_at, make=make_database) as scene:
        with suppress(Retryable):
            scene.act(subject)
        scene.freeze_point.is_on = False
        after_waking_up = scene.contacts(), scene.activity_ids(), scene.counters()
        scene.pipeline.drain()

        account = scene.pipeline.account
        expected = {number: person.first_name for number, person in account.people.items()}
        assert scene.freeze_point.has_frozen
        assert after_waking_up == (expected, scene.pipeline.account_ids(), [55])
        assert (scene.contacts(), scene.activity_ids()) == (expected, scene.pipeline.account_ids())
        assert {checkpoint.status for checkpoint in scene.checkpoints()} == {Status.DONE}
        if subject is not Subject.DISPATCHER:  # whose runs are many, and hold no lease on the campaigns' table
            assert not WAREHOUSE_WRITES & set(scene.freeze_point.begun_awake)


def test_the_matrix_holds_every_write_of_every_port() -> None:
    """A write that no worker of the matrix makes would be frozen nowhere."""
    offered = {name for port in (State, Publisher, Warehouse) for name in dir(port) if not name.startswith("_")}
    made = {name for point, _ in TRACES.values() for name in point.names}

    assert offered - set(READS) == made


def test_the_matrix_runs_every_statement_that_writes() -> None:
    """Those that people cause are left out."""
    writing = {
        str(path.relative_to(FOLDER).with_suffix(""))
        for path in FOLDER.glob("*/*.sql")
        if any(line.startswith(("MERGE", "UPDATE", "DELETE", "INSERT")) for line in path.read_text().splitlines())
    }

    of_workers = {name for name in writing - OF_PEOPLE - IN_ANY_ORDER if not name.startswith(OF_ERASURE)}
    assert {name for _, statements in TRACES.values() for name in statements} == of_workers
