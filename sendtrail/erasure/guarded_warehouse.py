"""The edge at which all rows enter the warehouse, whoever brings them: those of erased people are left out here."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import cast

from sendtrail.clock import Clock
from sendtrail.erasure.erased_people import ErasedPeople, Kind
from sendtrail.erasure.withheld_rows import Parted, erased_rows, parted
from sendtrail.ports import LeaseCheck, Warehouse, WrappedWarehouse, no_lease
from sendtrail.warehouse.rows import Batch, ContactRow, Table


@dataclass(kw_only=True, slots=True)
class GuardedWarehouse(WrappedWarehouse):
    """Withholds the rows of erased people, and counts them: what is compared with the account's counters knows of them.

    `people` returns the list as it is now, which may have become longer since the batch before.
    """

    inner: Warehouse
    people: Callable[[], ErasedPeople]
    clock: Clock
    withheld: int = field(default=0)
    """How many rows were withheld."""

    def merge(self, batch: Batch, /, *, check_lease: LeaseCheck = no_lease) -> int:
        """Merge a batch without the rows of erased people; return the rows inserted or changed."""
        people = self.people()
        found = parted(batch, people) if people else Parted(kept=batch.rows, withheld=())
        if not found.withheld:
            return self.inner.merge(batch, check_lease=check_lease)
        self._count(batch, found, people, check_lease)
        self.withheld += len(found.withheld)
        return self.inner.merge(_without(batch, found, people), check_lease=check_lease)

    def _count(self, batch: Batch, found: Parted, people: ErasedPeople, check_lease: LeaseCheck) -> None:
        """Store that there are such rows, before the checkpoint can say that they were read."""
        if batch.table is not Table.EMAIL_ACTIVITIES:
            return
        rows = list(erased_rows(found.withheld, people, now=self.clock.now()))
        if rows:
            self.inner.merge(replace(batch, table=Table.ERASED_ROWS, rows=rows), check_lease=check_lease)


def _without(batch: Batch, found: Parted, people: ErasedPeople) -> Batch:
    """Return a batch with the rows that are kept; a pass over the contacts has seen the others all the same."""
    contacts = cast("list[ContactRow]", found.withheld) if batch.pass_id else []
    tokens = [people.token(Kind.CONTACT, each.organization_id, each.contact_id) for each in contacts]
    return replace(batch, rows=found.kept, also_seen=tuple(tokens))
