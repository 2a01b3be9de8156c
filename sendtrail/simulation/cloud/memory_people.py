"""The tables in memory in which people are named, as the statements of `sql/erasure/` see them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from sendtrail.erasure.gone_contacts import STORED_CONTACTS
from sendtrail.erasure.sweep import COUNTED_ROWS, DELETIONS, HIDE_SEEN, KNOWN_PEOPLE, StoredNames
from sendtrail.simulation.cloud.memory_warehouse import MemoryWarehouse, StoredRow
from sendtrail.warehouse.rows import Table

TABLES = {statement: table for table, statement in DELETIONS.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class MemoryPeopleTables:
    """The tables of a warehouse in memory."""

    warehouse: MemoryWarehouse

    def select(
        self, statement: str, organization_id: str, *, names: StoredNames | None = None, first_date: date | None = None
    ) -> Iterable[Sequence[Any]]:
        """Return the rows of a SELECT of `sql/erasure/`."""
        if statement == KNOWN_PEOPLE:
            return list(self._people(organization_id))
        if statement == STORED_CONTACTS:
            return list(self._contacts(organization_id))
        if statement == COUNTED_ROWS:
            return list(self._counted(organization_id, names or StoredNames(), first_date))
        return list(self._texts(organization_id))

    def change(self, statement: str, organization_id: str, *, names: StoredNames) -> int:
        """Run a statement of `sql/erasure/` and return how many rows it changed."""
        if statement == HIDE_SEEN:
            return self.warehouse.hide_seen(organization_id, names.contact_ids)
        rows = self.warehouse.tables[TABLES[statement]]
        gone = [key for key, row in rows.items() if row["organization_id"] == organization_id and _is_named(row, names)]
        for key in gone:
            del rows[key]
        return len(gone)

    def _of(self, table: Table, organization_id: str) -> Iterator[StoredRow]:
        return (row for row in self.warehouse.rows(table) if row["organization_id"] == organization_id)

    def _people(self, organization_id: str) -> Iterator[Sequence[Any]]:
        for row in self._of(Table.EMAIL_ACTIVITIES, organization_id):
            yield "email_activities", row["contact_id"], row["contact_email"], None
        for row in self._of(Table.CONTACTS, organization_id):
            yield "contacts", row["contact_id"], row["email"], None
        for contact_id in self.warehouse.seen(organization_id):
            yield "contacts_seen", contact_id, None, None

    def _contacts(self, organization_id: str) -> Iterator[Sequence[Any]]:
        for row in self._of(Table.CONTACTS, organization_id):
            deleted_at = row["deleted_at"] and datetime.fromisoformat(row["deleted_at"])
            yield row["contact_id"], deleted_at, datetime.fromisoformat(row["updated_at"])

    def _texts(self, organization_id: str) -> Iterator[Sequence[Any]]:
        for row in self._of(Table.EMAIL_ACTIVITIES, organization_id):
            yield "email_activities", row["activity_id"], orjson.dumps(row["detail"]).decode()
        for row in self._of(Table.UNREADABLE_ROWS, organization_id):
            yield "unreadable_rows", row["row_id"], row["raw"]

    def _counted(self, organization_id: str, names: StoredNames, since: date | None) -> Iterator[Sequence[Any]]:
        for row in self._of(Table.EMAIL_ACTIVITIES, organization_id):
            if _is_named(row, names):
                bounce = (row["detail"] or {}).get("id") if row["event_type"] == "bounce" else None
                place = (row["campaign_id"], row["event_type"], row["message_id"], row["link_id"], row["contact_id"])
                is_counted = since is None or row["activity_date"] >= since.isoformat()
                yield *place, bounce, row["times"], 1, int(is_counted)


def _is_named(row: StoredRow, names: StoredNames) -> bool:
    return (
        row.get("contact_id") in names.contact_ids
        or row.get("contact_email", row.get("email")) in names.emails
        or row.get("user_id") in names.user_ids
        or row.get("activity_id", row.get("row_id")) in names.row_ids
    )
