"""What is stored of the activities in the tables of a simulated cloud: how many rows, and how many of each campaign."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sendtrail.local.duckdb_stored_rows import DuckDbStoredRows
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.ports import Warehouse
from sendtrail.simulation.cloud.memory_warehouse import MemoryWarehouse
from sendtrail.sync.pairing.row_counts import RowCount, StoredActivities, TableLook
from sendtrail.warehouse.rows import Table


@dataclass(frozen=True, kw_only=True, slots=True)
class MemoryStoredRows:
    """The activities of a warehouse in memory, from which no row expires."""

    warehouse: MemoryWarehouse

    def look(self) -> TableLook:
        """Return how many rows the table has."""
        return TableLook(identity="memory", rows=len(self.warehouse.tables[Table.EMAIL_ACTIVITIES]), expiry=None)

    def counts(self, *, since: date, lasting_since: date) -> Mapping[str, Mapping[int, RowCount]]:
        """Return the rows of every campaign by organization, from two days on."""
        found: dict[str, dict[int, RowCount]] = defaultdict(dict)
        for row in self.warehouse.tables[Table.EMAIL_ACTIVITIES].values():
            campaigns, campaign_id, day = found[row["organization_id"]], row["campaign_id"], row["activity_date"]
            before = campaigns.get(campaign_id, RowCount())
            campaigns[campaign_id] = RowCount(
                stored=before.stored + (day >= since.isoformat()),
                lasting=before.lasting + (day >= lasting_since.isoformat()),
            )
        return found


def stored_activities(warehouse: Warehouse) -> StoredActivities:
    """Return what counts the activities of a warehouse; raise TypeError for one of an unknown kind."""
    if isinstance(warehouse, DuckDbWarehouse):
        return DuckDbStoredRows(warehouse=warehouse)
    if isinstance(warehouse, MemoryWarehouse):
        return MemoryStoredRows(warehouse=warehouse)
    raise TypeError(f"nobody counts the rows of a {type(warehouse).__name__}")
