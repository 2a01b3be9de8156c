"""How far back the data of a file goes, by account, so that nobody takes a week for everything."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sendtrail.cli.operate.accounts import synced_accounts
from sendtrail.cli.run.output.reach import reach_of
from sendtrail.clock import Clock
from sendtrail.local.copies.reading import Connection, open_to_read
from sendtrail.local.duckdb_reader import run_query
from sendtrail.local.state.memory_state import MemoryState
from sendtrail.local.state.state_table import stored_documents
from sendtrail.ports import State
from sendtrail.sync.campaign_checkpoints import sync_records


def read_ranges(database: Path, *, dataset: str, clock: Clock) -> Mapping[str, str]:
    """Return a sentence for each account that was synced into a file."""
    with open_to_read(database) as connection:
        return ranges_in(connection, database, dataset=dataset, clock=clock)


def ranges_in(connection: Connection, database: Path, *, dataset: str, clock: Clock) -> Mapping[str, str]:
    """Return a sentence for each account that was synced into a file that is open."""
    state = MemoryState(stored_documents(connection, dataset=dataset), clock=clock)
    accounts = synced_accounts(state)
    if not accounts:
        return {}
    found = run_query(connection, database, f"SELECT organization_id, campaign_id, sent_at FROM {dataset}.campaigns")
    sent_at = {(str(name), int(number)): moment for name, number, moment in found.rows}
    return {name: _sentence(state, name, sent_at) for name in accounts}


def _sentence(state: State, account: str, sent_at: Mapping[tuple[str, int], datetime | None]) -> str:
    since = {number: record.since for number, record in sync_records(account, state).items()}
    mine = {number: moment for (name, number), moment in sent_at.items() if name == account}
    return reach_of(since, sent_at=mine).sentence.replace("this command with --all", "`sendtrail sync --all`")
