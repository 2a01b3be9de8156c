"""What to do where rows and state do not fit each other: read again, as far back as anything was ever read."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from sendtrail.errors import BadDocument
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.state.memory_state import decoded, encoded
from sendtrail.state.account_status import AccountStatus
from sendtrail.state.documents import account_path, from_document, identity_path, to_document, wants_path
from sendtrail.warehouse.rows import Table

_STATUS = account_path("")
# Rows are counted up to a minute after they were read, at midnight on the next day.
_BEFORE_MIDNIGHT = timedelta(hours=1)

Documents = Mapping[str, str]


def is_ahead(documents: Documents, warehouse: DuckDbWarehouse) -> bool:
    """Return whether documents speak of rows that a warehouse does not have: an older copy of it was restored.

    Each sync stores the list of campaigns before it reads one of them, and counts the rows of its day.
    """
    return any(
        _speaks_of_newer_campaigns(documents, warehouse, organization_id)
        or _counts_more_rows(status, warehouse, organization_id)
        for organization_id, status in _statuses(documents)
    )


def depths(documents: Documents, warehouse: DuckDbWarehouse) -> Mapping[str, datetime]:
    """Return, by account, how far back anything was ever read, by the rows and by the documents."""
    earliest = dict(
        warehouse.query(
            "SELECT organization_id, min(activity_timestamp)"
            f' FROM "{warehouse.dataset}"."{Table.EMAIL_ACTIVITIES}" GROUP BY organization_id'
        ).rows
    )
    for organization_id, status in _statuses(documents):
        known = [earliest.get(organization_id), status.backfill_since, *_read_since(documents, organization_id)]
        earliest[organization_id] = min((each for each in known if each is not None), default=None)
    return {organization_id: since for organization_id, since in earliest.items() if since is not None}


def wants(since: Mapping[str, datetime], documents: Documents, *, now: datetime) -> dict[str, str]:
    """Return documents that have every campaign of these accounts read again.

    Of what was stored they keep what somebody wants, and whose account it is.
    """
    kept = {path: body for path, body in documents.items() if path in _lasting(since)}
    return kept | {
        account_path(organization_id): encoded(
            to_document(AccountStatus(run_id="recovery", last_run=now, campaigns_total=0, backfill_since=each))
        )
        for organization_id, each in since.items()
    }


def _lasting(organizations: Iterable[str]) -> set[str]:
    return {path(each) for each in organizations for path in (wants_path, identity_path)}


def _statuses(documents: Documents) -> Iterable[tuple[str, AccountStatus]]:
    for path, body in documents.items():
        name = path.removeprefix(_STATUS)
        if path.startswith(_STATUS) and "/" not in name:
            with suppress(BadDocument):
                yield name, from_document(AccountStatus, decoded(body))


def _records(documents: Documents, organization_id: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Yield the id of each campaign that was completely synced, and the record of that."""
    collection = f"{account_path(organization_id)}/campaigns/"
    for path, body in documents.items():
        record = decoded(body).get("synced") if path.startswith(collection) else None
        if record:
            yield path.removeprefix(collection), record


def _read_since(documents: Documents, organization_id: str) -> Iterable[datetime]:
    for _, record in _records(documents, organization_id):
        since = _moment(record.get("since"))
        if since is not None:
            yield since


def _speaks_of_newer_campaigns(documents: Documents, warehouse: DuckDbWarehouse, organization_id: str) -> bool:
    result = warehouse.query(
        f'SELECT * FROM "{warehouse.dataset}"."{Table.CAMPAIGNS}" WHERE organization_id = $organization_id',
        {"organization_id": organization_id},
    )
    rows = (dict(zip(result.columns, row, strict=True)) for row in result.rows)
    stored = {str(row["campaign_id"]): row for row in rows}
    return any(_is_newer(record, stored.get(name)) for name, record in _records(documents, organization_id))


def _is_newer(record: Mapping[str, Any], row: Mapping[str, Any] | None) -> bool:
    """Return whether a record has other counters than a row that was last changed before the record was made."""
    synced_at, counters = _moment(record.get("synced_at")), record.get("counters") or {}
    if row is None or synced_at is None:
        return row is None
    return row["updated_at"] < synced_at and any(row.get(name, count) != count for name, count in counters.items())


def _counts_more_rows(status: AccountStatus, warehouse: DuckDbWarehouse, organization_id: str) -> bool:
    if status.last_sync_date is None or not status.activities_synced_today:
        return False
    day = status.last_sync_date.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = warehouse.query(
        f'SELECT count(*) FROM "{warehouse.dataset}"."{Table.EMAIL_ACTIVITIES}"'
        " WHERE organization_id = $organization_id AND created_at >= $since",
        {"organization_id": organization_id, "since": day - _BEFORE_MIDNIGHT},
    ).rows
    return int(next(rows)[0]) < status.activities_synced_today


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None
