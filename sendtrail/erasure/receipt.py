"""What was removed where, without a word about whom: for the file of whoever answers for the erasure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sendtrail.plurals import counted

_COPIES = (
    "copies and backups of the database that were made before: delete or replace them; one that is restored is swept "
    "when it is next used, as long as the erased list stays beside it"
)
_TIME_TRAVEL = (
    "BigQuery's time travel: up to 7 days (less if the dataset says so), and its fail-safe for 7 days more, to which "
    "nobody but Google's support has access"
)
_REPORTS = "reports, CSV files and exports that were written before: delete or replace them"
ON_ONE_MACHINE = (
    _COPIES,
    _REPORTS,
    "the file system may keep the blocks of the earlier file until it uses them for something else",
)
ON_GOOGLE_CLOUD = (
    _TIME_TRAVEL,
    "staging tables of batches under way: until they expire, a day at most",
    "stored views, where Terraform has stored_views: until their next renewal, which is once a day",
    "logs in Cloud Logging: for as long as their bucket keeps them (30 days by default); Sendtrail logs no address",
    "snapshots and copies of the tables that were made before: delete or replace them",
    _REPORTS,
)
IN_THE_ACCOUNT = "ActiveCampaign itself: delete the contact there, too, or it goes on being mailed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """An erasure in numbers."""

    organization_id: str
    at: datetime
    named: int
    contact_ids: int
    addresses: int
    user_ids: int
    rows: Mapping[str, int]
    state_documents: int
    list_revision: int
    remains: Sequence[str]
    kept_tables: Sequence[str] = ()
    """Tables that are views of the customer's own, from which nothing can be deleted."""
    shared_users: int = 0
    """Users who are other contacts, too: their conversions are kept."""

    def as_json(self) -> dict[str, Any]:
        """Return the receipt as a JSON object."""
        return {"version": 1, **asdict(self)}

    def lines(self) -> Iterator[str]:
        """Yield the receipt for a person."""
        yield (
            f"{self.organization_id}: erased at {self.at:%Y-%m-%d %H:%M:%S} UTC: "
            f"{counted(self.contact_ids, 'contact id')}, {counted(self.addresses, 'address', 'addresses')}, "
            f"{counted(self.user_ids, 'user id')}"
        )
        for table, number in self.rows.items():
            yield f"  {counted(number, 'row'):>14} of {table}"
        yield f"  {counted(self.state_documents, 'document'):>19} of the state"
        for table in self.kept_tables:
            yield f"  {table} is a view of yours, and is not changed: erase them in what it reads"
        if self.shared_users:
            users = counted(self.shared_users, "user is another contact", "users are other contacts")
            yield f"  {users}, too: their conversions without the address are kept"
        yield "They are on the erased list: no sync, audit, backfill, replay or load stores them again."
        yield "What remains, and for how long:"
        for each in self.remains:
            yield f"  - {each}"
