"""The edge at which all rows enter the warehouse, whoever brings them: what names people is replaced here."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sendtrail.ports import LeaseCheck, Warehouse, WrappedWarehouse, no_lease
from sendtrail.pseudonyms.pseudonymous_rows import NAMING_PEOPLE, pseudonymous
from sendtrail.pseudonyms.pseudonyms import Pseudonyms
from sendtrail.warehouse.rows import Batch


@dataclass(frozen=True, kw_only=True, slots=True)
class PseudonymousWarehouse(WrappedWarehouse):
    """Stores rows under pseudonyms; `pseudonyms` returns None where addresses are stored as they are, or raises."""

    inner: Warehouse
    pseudonyms: Callable[[], Pseudonyms | None]

    def merge(self, batch: Batch, /, *, check_lease: LeaseCheck = no_lease) -> int:
        """Merge a batch; return the rows inserted or changed."""
        if batch.table in NAMING_PEOPLE and (pseudonyms := self.pseudonyms()) is not None:
            batch = replace(batch, rows=[pseudonymous(row, batch.table, pseudonyms) for row in batch.rows])
        return self.inner.merge(batch, check_lease=check_lease)
