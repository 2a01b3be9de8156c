"""The state and the rows in one file, as on one machine: when its process is killed, the file is as it was then."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import orjson

from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.state.duckdb_state import DuckDbState
from sendtrail.local.state.memory_state import decoded, encoded
from sendtrail.ports import Document, Transaction
from sendtrail.simulation.cloud.memory_warehouse import StoredRow
from sendtrail.simulation.cloud.process import ServerClock
from sendtrail.simulation.cloud.state_store import Documents
from sendtrail.simulation.engine.scheduler import Scheduler
from sendtrail.warehouse.rows import Table

T = TypeVar("T")


class FileStore(Documents):
    """Documents in a DuckDB file; `warehouse` are the tables of the same file."""

    def __init__(self, folder: Path, scheduler: Scheduler) -> None:
        super().__init__()
        self._folder, self._scheduler = folder, scheduler
        self._clock = ServerClock(scheduler)
        self._names = count(1)
        self._open(self._next_path())

    def kill(self) -> None:
        """Go on with the file and its log as they are, whatever the process had in its memory."""
        path = self._next_path()
        for suffix in ("", ".wal"):
            before = Path(f"{self.warehouse.connection.path}{suffix}")
            if before.exists():
                shutil.copyfile(before, f"{path}{suffix}")
        self.warehouse.connection.abandon()
        self._open(path)

    def close(self) -> None:
        """Close the file."""
        self.state.close()
        self.warehouse.close()

    def get(self, path: str) -> Document | None:
        """Return a document, None where there is none."""
        body = self.state.documents().get(path)
        return None if body is None else decoded(body)

    def put(self, path: str, document: Document) -> None:
        """Store a document, as an operator does."""
        self.state.transact(lambda transaction: transaction.set(path, document))

    def copy(self) -> Mapping[str, Any]:
        """Return all documents."""
        return self.state.documents()

    def restore(self, copy: Mapping[str, Any]) -> None:
        """Store these documents in place of all others."""
        self.state.replace_all({path: body if isinstance(body, str) else encoded(body) for path, body in copy.items()})

    def children(self, collection: str) -> list[tuple[str, Document]]:
        """Return the id and the document of each child of a collection."""
        return list(self.state.children(collection))

    def transact(self, work: Callable[[Transaction], T], *, now: datetime) -> T:
        """Run `work` in one transaction."""
        del now  # the file goes by the machine's clock
        return self.state.transact(work)

    def _open(self, path: Path) -> None:
        self.warehouse = DuckDbWarehouse(path, clock=self._clock)
        self.state = DuckDbState(self.warehouse, clock=self._clock, timer=self._timer)

    def _next_path(self) -> Path:
        return self._folder / f"{next(self._names)}.duckdb"

    def _timer(self, delay_s: float, action: Callable[[], None]) -> Callable[[], None]:
        warehouse, cancelled = self.warehouse, list[bool]()

        def run() -> None:
            self._scheduler.sleep(delay_s)
            if not cancelled and self.warehouse is warehouse:
                action()

        self._scheduler.spawn(run, name="timer")
        return lambda: cancelled.append(True)


def stored_rows(warehouse: DuckDbWarehouse, table: Table) -> list[StoredRow]:
    """Return the rows of a table, times as ISO strings."""
    return list(_as_json(warehouse.query(f"SELECT * FROM {warehouse.dataset}.{table}").records()))


def _as_json(records: Iterator[dict[str, Any]]) -> Iterator[StoredRow]:
    for record in records:
        row = {name: value.isoformat() if isinstance(value, date) else value for name, value in record.items()}
        if isinstance(row.get("detail"), str):
            row["detail"] = orjson.loads(row["detail"])
        yield row
