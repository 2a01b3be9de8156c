"""Input rows as they lie in `data/`: only what matters is said, the rest is filled in."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]
Story = Mapping[str, Sequence[Row]]

DATA = Path(__file__).parent / "data"
AS_OF = "2025-06-01T00:00:00+00:00"
READ_AT = "2025-05-20T00:00:00+00:00"
TABLES = ("email_activities", "contacts", "campaigns", "users")
DEFAULTS: Mapping[str, Row] = {
    "email_activities": {
        "organization_id": "acme",
        "campaign_id": 1,
        "campaign_name": "Spring",
        "message_id": None,
        "contact_id": None,
        "contact_email": None,
        "times": 1,
        "link_id": None,
        "link_url": None,
        "detail": None,
        "run_id": "run",
        "created_at": READ_AT,
        "updated_at": READ_AT,
    },
    "contacts": {
        "organization_id": "acme",
        "email": None,
        "tags": [],
        "lists": [],
        "status": "active",
        "list_statuses": [],
        "deleted_at": None,
        "row_hash": "hash",
        "created_at": READ_AT,
        "updated_at": READ_AT,
    },
    "campaigns": {
        "organization_id": "acme",
        "campaign_id": 1,
        "campaign_name": "Spring",
        "campaign_type": "single",
        "automation_id": None,
        "row_hash": "hash",
        "created_at": READ_AT,
        "updated_at": READ_AT,
    },
    "users": {"organization_id": None, "contact_id": None, "email": None, "valid_from": None},
}


def cases() -> list[str]:
    """Return the cases: "<view>/<case>", a folder each."""
    return sorted(str(path.parent.relative_to(DATA)) for path in DATA.glob("*/*/expected.jsonl"))


def story(case: str) -> Story:
    """Return the input rows of a case by their table."""
    return {table: filled(table, _rows(DATA / case / f"{table}.jsonl")) for table in TABLES}


def expected(case: str) -> list[Row]:
    """Return the expected rows of a case; all name the same columns."""
    return _rows(DATA / case / "expected.jsonl")


def filled(table: str, rows: Iterable[Row]) -> list[Row]:
    """Return rows with all that they leave to the defaults."""
    complete: list[Row] = [{**DEFAULTS[table], **row} for row in rows]
    return [_observed(row) for row in complete] if table == "email_activities" else complete


def _observed(row: Row) -> Row:
    at = datetime.fromisoformat(row["activity_timestamp"]).astimezone(UTC)
    key = json.dumps(row, sort_keys=True)
    derived = {
        "activity_id": sha256(key.encode()).hexdigest(),
        "activity_date": at.date().isoformat(),
        "source_timestamp": row["activity_timestamp"],
    }
    return {**derived, **row}


def _rows(path: Path) -> list[Row]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
