"""What is stored of the activities in a DuckDB file: how many rows there are, and the count of each campaign."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sendtrail.local.duckdb_sql import statement
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.sync.pairing.row_counts import RowCount, TableLook
from sendtrail.warehouse.rows import Table

STATEMENT = "email_activities/stored_rows"


@dataclass(frozen=True, kw_only=True, slots=True)
class DuckDbStoredRows:
    """The activities of a warehouse, from which no row expires."""

    warehouse: DuckDbWarehouse

    def look(self) -> TableLook:
        """Return which table it is and how many rows it has, which DuckDB knows without reading them."""
        warehouse = self.warehouse
        rows = warehouse.query(f'SELECT count(*) FROM "{warehouse.dataset}"."{Table.EMAIL_ACTIVITIES}"').rows
        [(number,)] = rows
        return TableLook(identity=warehouse.identity, rows=number, expiry=None)

    def counts(self, *, since: date, lasting_since: date) -> Mapping[str, Mapping[int, RowCount]]:
        """Return the rows of every campaign by organization, from two days on."""
        sql = statement(STATEMENT, dataset=self.warehouse.dataset)
        found: dict[str, dict[int, RowCount]] = defaultdict(dict)
        for row in self.warehouse.query(sql, {"first_date": since, "lasting_date": lasting_since}).rows:
            organization_id, campaign_id, stored, lasting = row
            found[organization_id][campaign_id] = RowCount(stored=stored, lasting=lasting)
        return found
