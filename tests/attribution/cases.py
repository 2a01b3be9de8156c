"""Cases of attribution: what is given and what is expected, one file a case, one organization each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

FOLDER = Path(__file__).parent / "data"
TABLES: Mapping[str, Mapping[str, str]] = {
    "campaigns_current": {"campaign_id": "INT64", "campaign_name": "STRING", "send_amt": "INT64"},
    "campaigns": {"campaign_id": "INT64"},
    "user_mapping": {"contact_key": "STRING", "email": "STRING", "user_id": "STRING"},
    "reduced_touches": {
        "contact_key": "STRING",
        "campaign_id": "INT64",
        "message_id": "STRING",
        "event_type": "STRING",
        "link_id": "STRING",
        "touched_at": "TIMESTAMP",
        "last_touched_at": "TIMESTAMP",
        "is_machine": "BOOL",
    },
    "conversions": {
        "conversion_id": "STRING",
        "user_id": "STRING",
        "email": "STRING",
        "converted_at": "TIMESTAMP",
        "value": "NUMERIC",
        "currency": "STRING",
        "kind": "STRING",
    },
    "attribution_settings": {"name": "STRING", "value": "STRING", "updated_at": "TIMESTAMP"},
}
VIEWS = (
    "conversions_in_use",
    "attribution_parameters",
    "attribution_touches",
    "attribution",
    "attribution_by_campaign",
    "attribution_by_month",
    "attribution_paths",
    "model_comparison",
)
Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What is given of an organization, and the rows that a view is to have of it, by the columns that matter."""

    organization_id: str
    given: Mapping[str, Sequence[Row]]
    expected: Mapping[str, Mapping[str, Sequence[Any]]]


def load_cases() -> list[Case]:
    """Return the cases of the folder."""
    return [
        Case(organization_id=file.stem, given=data["given"], expected=data["expected"])
        for file in sorted(FOLDER.glob("*.json"))
        for data in [orjson.loads(file.read_bytes())]
    ]


def table_statements(dataset: str) -> Iterator[str]:
    """Yield the statements, in BigQuery's SQL, that make the tables that the views read."""
    for table, columns in TABLES.items():
        declared = ", ".join(f"{name} {kind}" for name, kind in {"organization_id": "STRING", **columns}.items())
        yield f"CREATE TABLE `{dataset}`.`{table}` ({declared})"


def insert_statements(dataset: str, cases: Sequence[Case]) -> Iterator[str]:
    """Yield the statements that fill them."""
    for table, columns in TABLES.items():
        rows = [
            ", ".join([_literal(case.organization_id, "STRING"), *(_cell(row, columns, name) for name in columns)])
            for case in cases
            for row in case.given.get(table, ())
        ]
        if rows:
            names = ", ".join(["organization_id", *columns])
            yield f"INSERT INTO `{dataset}`.`{table}` ({names}) VALUES {', '.join(f'({row})' for row in rows)}"


def _cell(row: Row, columns: Mapping[str, str], name: str) -> str:
    defaults = {"event_type": "click", "is_machine": False, "last_touched_at": row.get("touched_at"), "message_id": "m"}
    return _literal(row.get(name, defaults.get(name)), columns[name])


def _literal(value: object, kind: str) -> str:
    if value is None:
        return f"CAST(NULL AS {kind})"
    text = str(value).replace("'", "\\'")
    return f"CAST('{text}' AS {kind})"
