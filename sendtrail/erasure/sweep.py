"""Deletes from the tables what is of people on the erased list; sweeping again deletes nothing more.

Killed at any step, it is swept again: first it is stored that there were such rows, then nobody expects them any more,
and then they are deleted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sendtrail.clock import Clock
from sendtrail.domain.work_item import WorkItem
from sendtrail.erasure.erased_people import ErasedPeople, Kind
from sendtrail.erasure.expected_rows import counted_since, expect_fewer_rows
from sendtrail.erasure.person import Sighting, heirs
from sendtrail.erasure.withheld_rows import erased_row, names_erased
from sendtrail.ports import State, Warehouse
from sendtrail.warehouse.rows import Batch, ErasedRow, Table

KNOWN_PEOPLE, MENTIONS, COUNTED_ROWS = "erasure/known_people", "erasure/mentions", "erasure/counted_rows"
HIDE_SEEN, HAND_OVER = "erasure/hide_contacts_seen", "erasure/hand_over_users"
# By table, the statement that deletes from it. Those that lead from an id to an address go last: a kill loses no lead.
DELETIONS: Mapping[Table, str] = {
    table: f"erasure/delete_{table}"
    for table in (Table.UNREADABLE_ROWS, Table.CONVERSIONS, Table.EMAIL_ACTIVITIES, Table.CONTACTS, Table.USERS)
}


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredNames:
    """What is to be deleted, as it is spelt in the tables; `row_ids` are of activities and unreadable rows.

    `heirs` is the one contact to whom a claim about `contact_ids` is handed over.
    """

    contact_ids: Sequence[str] = ()
    emails: Sequence[str] = ()
    user_ids: Sequence[str] = ()
    row_ids: Sequence[str] = ()
    heirs: Sequence[str] = ()

    def __bool__(self) -> bool:
        """Return whether there is anything to delete."""
        return bool(self.contact_ids or self.emails or self.user_ids or self.row_ids)


@dataclass(frozen=True, kw_only=True, slots=True)
class Swept:
    """What a sweep has deleted of an account: rows by table, documents of the state, and tables that it had to keep."""

    rows: Mapping[str, int]
    state_documents: int
    kept_tables: Sequence[str]

    def plus(self, other: "Swept") -> "Swept":
        """Return the sums of two sweeps."""
        return Swept(
            rows={table: rows + other.rows.get(table, 0) for table, rows in self.rows.items()},
            state_documents=self.state_documents + other.state_documents,
            kept_tables=self.kept_tables,
        )


class PeopleTables(Protocol):
    """The tables in which people are named."""

    def select(
        self, statement: str, organization_id: str, *, names: StoredNames | None = None, first_date: date | None = None
    ) -> Iterable[Sequence[Any]]:
        """Return the rows of a SELECT of `sql/erasure/`."""
        ...

    def change(self, statement: str, organization_id: str, *, names: StoredNames) -> int:
        """Run a statement of `sql/erasure/` and return how many rows it changed; none of a table that is not ours."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Sweep:
    """Sweeps an account's rows; `id_of_run` names this sweep among the batches of the warehouse."""

    tables: PeopleTables
    warehouse: Warehouse
    state: State
    clock: Clock
    id_of_run: str

    def run(self, organization_id: str, people: ErasedPeople) -> Mapping[str, int]:
        """Delete what is of people on the list, and return how many rows of each table that was."""
        known = sightings(self.tables, organization_id)
        names = self._names(known, organization_id, people)
        if not names:
            return {str(table): 0 for table in DELETIONS}
        self._count(organization_id, people, names)
        for contact_id, heir in heirs(names.contact_ids, known, erased=names.emails).items():
            handed = StoredNames(contact_ids=[contact_id], heirs=[heir])
            self.tables.change(HAND_OVER, organization_id, names=handed)
        self.tables.change(HIDE_SEEN, organization_id, names=names)
        return {
            str(table): self.tables.change(statement, organization_id, names=names)
            for table, statement in DELETIONS.items()
        }

    def _names(self, known: Sequence[Sighting], organization_id: str, people: ErasedPeople) -> StoredNames:
        texts = self.tables.select(MENTIONS, organization_id)

        def listed(values: Iterable[str | None], *kinds: Kind) -> Sequence[str]:
            asked = {each for each in values if each}
            return sorted(each for each in asked if any(people.has(kind, organization_id, each) for kind in kinds))

        return StoredNames(
            contact_ids=listed((each.contact_id for each in known), Kind.CONTACT),
            emails=listed((each.email for each in known), Kind.ADDRESS),
            user_ids=listed((each.user_id for each in known), Kind.USER, Kind.ADDRESS),
            row_ids=sorted(row_id for _, row_id, text in texts if names_erased(text, people, organization_id)),
        )

    def _count(self, organization_id: str, people: ErasedPeople, names: StoredNames) -> None:
        now, since = self.clock.now(), counted_since(self.state)
        rows: list[ErasedRow] = []
        fewer: dict[int, int] = {}
        for *place, times, _, counted in self.tables.select(
            COUNTED_ROWS, organization_id, names=names, first_date=since
        ):
            campaign_id, _, _, _, contact_id, _ = place
            fewer[campaign_id] = fewer.get(campaign_id, 0) + counted
            if contact_id:
                where = (*place,)
                rows.append(erased_row(people, organization_id=organization_id, place=where, times=times, now=now))
        item = WorkItem(organization_id=organization_id, run_id=self.id_of_run, subject="erasure", sequence=1)
        if rows:
            batch = Batch(table=Table.ERASED_ROWS, item=item, number=0, rows=rows, delivery=self.id_of_run)
            self.warehouse.merge(batch)
        expect_fewer_rows(self.state, organization_id, fewer)


def changed_table(statement: str) -> str:
    """Return the table of which a statement deletes or changes rows that may be a view of the customer's own, or ""."""
    return "users" if statement == HAND_OVER else statement.partition("delete_")[2]


def sightings(tables: PeopleTables, organization_id: str) -> Sequence[Sighting]:
    """Return every way in which somebody is named in the tables."""
    return [
        Sighting(source=source, contact_id=contact_id, email=email, user_id=user_id)
        for source, contact_id, email, user_id in tables.select(KNOWN_PEOPLE, organization_id)
    ]
