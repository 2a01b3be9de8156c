"""Of which campaigns the subject lines were read, as the state of an account knows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated

from sendtrail.ports import Transaction
from sendtrail.state.documents import read_known, subjects_path, to_document
from sendtrail.state.stored_rows import AS_TEXT, TABLE_PATH, CountedTable


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadSubjects:
    """The campaigns whose subject lines were read, each with what told its edits apart then.

    `table` is the warehouse that they were stored in, "" where nobody knows; `refused_at` is when the account last
    refused to show them.
    """

    table: str = ""
    campaigns: Annotated[Mapping[int, int], *AS_TEXT] = field(default_factory=dict)
    refused_at: datetime | None = None
    version: int = 1


def read_subjects(transaction: Transaction, organization_id: str) -> ReadSubjects:
    """Return what was read; nothing where the rows are in another warehouse by now."""
    counted = read_known(transaction, TABLE_PATH, CountedTable)
    table = counted.identity if counted else ""
    known = read_known(transaction, subjects_path(organization_id), ReadSubjects) or ReadSubjects()
    if table and known.table and table != known.table:
        return ReadSubjects(table=table)
    return replace(known, table=table or known.table)


def record_subjects(
    transaction: Transaction, organization_id: str, campaigns: Mapping[int, int], *, refused_at: datetime | None
) -> None:
    """Record of which campaigns the subject lines were read, beside those of earlier runs."""
    known = read_subjects(transaction, organization_id)
    changed = replace(known, campaigns={**known.campaigns, **campaigns}, refused_at=refused_at)
    if changed != known:
        transaction.set(subjects_path(organization_id), to_document(changed))
