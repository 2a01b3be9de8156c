"""The tables of a DuckDB file in which people are named."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sendtrail.erasure.sweep import StoredNames, changed_table
from sendtrail.errors import Rejected
from sendtrail.local.duckdb_sql import statement
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.warehouse.tables import sql


@dataclass(kw_only=True, slots=True)
class DuckDbPeopleTables:
    """The tables of a warehouse; `kept` are those that are views of the customer's own."""

    warehouse: DuckDbWarehouse
    kept: list[str] = field(default_factory=list)

    def select(
        self, statement: str, organization_id: str, *, names: StoredNames | None = None, first_date: date | None = None
    ) -> Iterable[Sequence[Any]]:
        """Return the rows of a SELECT of `sql/erasure/`."""
        more = {} if first_date is None else {"first_date": first_date}
        whose = {"organization_id": organization_id}
        return list(self.warehouse.query(self._sql(statement), {**whose, **more, **_parameters(statement, names)}).rows)

    def change(self, statement: str, organization_id: str, *, names: StoredNames) -> int:
        """Run a statement in a transaction of its own; return 0 where a view takes the place of the table."""
        connection, text = self.warehouse.connection, self._sql(statement)
        parameters = {"organization_id": organization_id, **_parameters(statement, names)}
        try:
            return connection.transact(lambda: connection.count(text, parameters))
        except Rejected:
            if (table := changed_table(statement)) not in self.kept:
                self.kept.append(table)
            return 0

    def _sql(self, path: str) -> str:
        return statement(path, dataset=self.warehouse.dataset)


def _parameters(statement: str, names: StoredNames | None) -> dict[str, object]:
    """Return the parameters that a statement has: DuckDB refuses any other."""
    if names is None:
        return {}
    lists = {
        "contact_ids": list(names.contact_ids),
        "emails": list(names.emails),
        "user_ids": list(names.user_ids),
        "row_ids": list(names.row_ids),
        "heirs": list(names.heirs),
    }
    return {name: values for name, values in lists.items() if f"@{name}" in sql(statement, dataset="d", staging="s")}
