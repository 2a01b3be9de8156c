"""The commands of conversions and attribution, run as a person runs them."""

from pathlib import Path
from typing import Any

from typer import Typer
from typer.testing import CliRunner

from sendtrail.cli import conversions
from sendtrail.domain.work_item import WorkItem
from sendtrail.errors import SendtrailError
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.warehouse.domain_rows import campaign_row
from sendtrail.warehouse.rows import Batch, Table
from tests.contracts.samples import SPRING, contact, contacts
from tests.fakes import NOON

ROWS = """order_id,email,time,amount,currency
1,ann@example.com,2025-03-30T12:05Z,12.50,EUR
2,bob@example.com,2025-03-31T12:05Z,,
"""


def run(app: Typer, *arguments: object) -> str:
    """Run a command and return what it prints; raise what it raises."""
    result = CliRunner().invoke(app, [*map(str, arguments)])
    if isinstance(result.exception, SendtrailError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def load(file: Path, content: str, *options: object) -> str:
    """Load a file of this content."""
    file.write_text(content, encoding="utf-8")
    return run(conversions.app, file, *options)


def synced(warehouse: DuckDbWarehouse, *organizations: str) -> None:
    """Let a warehouse look as after a first sync of accounts that have one campaign."""
    for name in organizations:
        item = WorkItem(organization_id=name, run_id="run", subject="campaigns", sequence=1)
        row = campaign_row(SPRING, organization_id=name, now=NOON)
        warehouse.merge(Batch(item=item, table=Table.CAMPAIGNS, number=0, delivery="1", rows=[row]))


def knows(database: Path, *emails: str, organization: str = "main") -> None:
    """Let a file know contacts with these addresses, whose ids are 1, 2, ..."""
    with DuckDbWarehouse(database) as warehouse:
        for number, email in enumerate(emails, start=1):
            row = contact(contact_id=number, email=email, organization_id=organization)
            warehouse.merge(contacts(row))


def stored(database: Path, query: str) -> list[tuple[Any, ...]]:
    """Return rows of a DuckDB file."""
    with DuckDbWarehouse(database) as warehouse:
        return list(warehouse.query(query).rows)
