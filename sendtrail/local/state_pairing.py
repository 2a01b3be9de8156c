"""Ties a state file to the dataset that it describes: beside another dataset it would hide what is missing."""

from pathlib import Path

from sendtrail.errors import SettingsError
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.sqlite_state import SqliteState
from sendtrail.ports import Transaction

PATH = "local/warehouse"


def pair(state: SqliteState, warehouse: DuckDbWarehouse, *, state_file: Path, database: Path) -> None:
    """Tie a new state to a warehouse; raise SettingsError if it is tied to another one.

    Checkpoints record what is in the warehouse. Beside an empty file, or another dataset, they would record rows that
    are not in it, and no sync would ever read these.
    """
    identity = warehouse.identity

    def work(transaction: Transaction) -> bool:
        stored = transaction.get(PATH)
        if stored is None:
            transaction.set(PATH, {"id": identity})
        return stored is None or stored["id"] == identity

    if not state.transact(work):
        problem = (
            f"{state_file} belongs to another database or dataset than the one in {database}: choose the "
            "--database or --dataset that it belongs to; or move it away, and what is missing is read again"
        )
        raise SettingsError([problem])
