"""The edge at which all rows enter the warehouse, whoever brings them: what names people is replaced here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sendtrail.domain.contact import PassCounts
from sendtrail.domain.stored_counts import CountsOfReports
from sendtrail.domain.timestamp_meaning import TimestampEvidence
from sendtrail.ports import LeaseCheck, Warehouse, no_lease
from sendtrail.pseudonyms.pseudonymous_rows import NAMING_PEOPLE, pseudonymous
from sendtrail.pseudonyms.pseudonyms import Pseudonyms
from sendtrail.warehouse.rows import Batch


@dataclass(frozen=True, kw_only=True, slots=True)
class PseudonymousWarehouse:
    """Stores rows under pseudonyms; `pseudonyms` returns None where addresses are stored as they are, or raises."""

    inner: Warehouse
    pseudonyms: Callable[[], Pseudonyms | None]

    def merge(self, batch: Batch, /, *, check_lease: LeaseCheck = no_lease) -> int:
        """Merge a batch; return the rows inserted or changed."""
        if batch.table in NAMING_PEOPLE and (pseudonyms := self.pseudonyms()) is not None:
            batch = replace(batch, rows=[pseudonymous(row, batch.table, pseudonyms) for row in batch.rows])
        return self.inner.merge(batch, check_lease=check_lease)

    def pass_counts(self, organization_id: str, *, pass_id: str, started_at: datetime) -> PassCounts:
        """Return what a pass means for the stored contacts."""
        return self.inner.pass_counts(organization_id, pass_id=pass_id, started_at=started_at)

    def mark_vanished(
        self, organization_id: str, *, pass_id: str, seen: int, at: datetime, check_lease: LeaseCheck = no_lease
    ) -> int:
        """Mark the contacts that a complete pass did not see; return how many."""
        return self.inner.mark_vanished(organization_id, pass_id=pass_id, seen=seen, at=at, check_lease=check_lease)

    def forget_pass(self, organization_id: str, *, pass_id: str, check_lease: LeaseCheck = no_lease) -> None:
        """Forget whom a pass saw that is over."""
        self.inner.forget_pass(organization_id, pass_id=pass_id, check_lease=check_lease)

    def timestamp_evidence(self, organization_id: str, *, since: date) -> Mapping[str, TimestampEvidence]:
        """Return what the times of an account's rows did while their counts grew."""
        return self.inner.timestamp_evidence(organization_id, since=since)

    def stored_counts(self, organization_id: str, *, since: date) -> CountsOfReports:
        """Return how many rows are stored or withheld."""
        return self.inner.stored_counts(organization_id, since=since)
