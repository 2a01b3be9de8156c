"""Operators' commands, as a person types them, on each backend."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from sendtrail.cli.app import app
from sendtrail.cli.settings.warehouse_settings import DEFAULT_INSTALLATION as DATABASE
from sendtrail.clock import SystemClock
from sendtrail.gcp.clients import firestore_client
from sendtrail.gcp.firestore_api import Database
from sendtrail.gcp.firestore_state import FirestoreState
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.state.adoption import open_state
from sendtrail.ports import Document, State
from sendtrail.state.documents import account_path, connection_path
from tests.fakes import NOON


@dataclass
class Place:
    """A state of accounts, and the options that lead to it."""

    options: Sequence[str]
    open_state: Callable[[ExitStack], State]
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *words: str) -> Result:
        """Run a command."""
        return CliRunner(env=self.environment).invoke(app, [*words, *self.options])

    def say(self, *words: str) -> str:
        """Return what a command prints, each line in one; assert that it succeeds."""
        result = self.run(*words)
        assert result.exit_code == 0, result.output or result.exception
        return result.output

    def reading(self, read: Callable[[State], object]) -> object:
        """Return what is read of the state."""
        with ExitStack() as stack:
            return read(self.open_state(stack))


def put(state: State, path: str, document: Document) -> None:
    """Store a document."""
    state.transact(lambda transaction: transaction.set(path, document))


def _local(path: Path, make_database: Callable[[Path], Path], accounts: Sequence[str]) -> Place:
    make_database(path)

    def open_it(stack: ExitStack) -> State:
        warehouse = stack.enter_context(DuckDbWarehouse(path, has_views=False))
        return stack.enter_context(open_state(warehouse, clock=SystemClock()))

    place = Place(options=["--database", str(path)], open_state=open_it)
    with ExitStack() as stack:
        state = open_it(stack)
        for name in accounts:
            put(state, account_path(name), {"run_id": "run1", "last_run": NOON.isoformat(), "campaigns_total": 0})
    return place


def _project(request: pytest.FixtureRequest, stack: ExitStack, accounts: Sequence[str]) -> Place:
    address, project_id = request.getfixturevalue("firestore_address"), f"test-{uuid4().hex[:12]}"
    database = Database(stack.enter_context(firestore_client(address)), project_id=project_id, database=DATABASE)
    state = FirestoreState(database, clock=SystemClock(), new_id=lambda: uuid4().hex)
    for name in accounts:
        put(state, connection_path(name), {"enabled": True})
    return Place(
        options=["--project", project_id],
        open_state=lambda _: state,
        environment={"FIRESTORE_EMULATOR_HOST": address},
    )


MakePlace = Callable[..., Place]


@pytest.fixture(params=["local", "google"])
def make_place(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make_database: Callable[[Path], Path],
) -> Iterator[MakePlace]:
    """Give a way to make a state of some accounts; the developer's own `.env` is left out of it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    with ExitStack() as stack:

        def make(*accounts: str) -> Place:
            if request.param == "google":
                return _project(request, stack, accounts)
            return _local(tmp_path / "test.duckdb", make_database, accounts)

        yield make
