"""A state file and the dataset that it speaks of: one without the other would hide what is missing."""

from pathlib import Path

from sendtrail.errors import SettingsError
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.sqlite_state import SqliteState
from sendtrail.ports import Transaction

PATH = "local/warehouse"


def pair(state: SqliteState, warehouse: DuckDbWarehouse, *, state_file: Path, database: Path) -> None:
    """Tie a new state to a warehouse; raise SettingsError where it is tied to another already.

    Checkpoints say what is in the warehouse. Beside an emptied file, or one of another dataset, they would say so of
    rows that are not there, and no sync would ever bring them.
    """
    identity = warehouse.identity

    def work(transaction: Transaction) -> bool:
        tied = transaction.get(PATH)
        if tied is None:
            transaction.set(PATH, {"id": identity})
        return tied is None or tied["id"] == identity

    if not state.transact(work):
        problem = (
            f"{state_file} says what is in another database or dataset than this one in {database}: choose the "
            "--database or --dataset that it belongs to; or move it away, and what is missing is read again"
        )
        raise SettingsError([problem])
