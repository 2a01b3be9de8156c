"""A file as an earlier version left it: what it did not know yet is not there."""

import tempfile
from pathlib import Path
from typing import Any

import duckdb

from sendtrail.cli.run.local_run import LocalRun
from sendtrail.errors import SettingsError
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.ports import Document, State, Transaction
from sendtrail.state.documents import campaigns_path

# Each campaign is stored anew by every sync, so that a column of theirs that was added is filled by the next one.
COLUMN = "ALTER TABLE marketing_ai.campaigns DROP COLUMN {}"
NEWER = ("deep_watermarks", "settling")


def look_older(database: Path) -> None:
    """Drop the last column of the campaigns, which may be NULL."""
    with duckdb.connect(database) as connection:
        described = connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'marketing_ai' AND table_name ="
            " 'campaigns' AND is_nullable = 'YES' ORDER BY ordinal_position DESC LIMIT 1"
        ).fetchone()
        assert described is not None
        connection.execute(COLUMN.format(described[0]))


def state_of_an_earlier_version(run: LocalRun) -> None:
    """Remove from each campaign's record what earlier versions did not write."""
    state: State = run.adapters.services.state
    for name, document in list(state.children(campaigns_path("main"))):
        _replace(state, f"{campaigns_path('main')}/{name}", _older(document))


def _older(document: Document) -> dict[str, Any]:
    synced = document.get("synced")
    if synced is None:
        return dict(document)
    return {**document, "synced": {name: value for name, value in synced.items() if name not in NEWER}}


def _replace(state: State, path: str, document: Document) -> None:
    def work(transaction: Transaction) -> None:
        transaction.set(path, document)

    state.transact(work)


def _can_add_columns() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "older.duckdb"
        DuckDbWarehouse(path).close()
        look_older(path)
        try:
            DuckDbWarehouse(path).close()
        except SettingsError:
            return False
        return True


CAN_ADD_COLUMNS = _can_add_columns()
