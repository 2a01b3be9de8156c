"""Cases of views as data files: a folder each, with input rows (`<table>.jsonl`) and `expected_<view>.jsonl`.

Input rows name only what matters; `defaults.json` has the rest. Each case has accounts of its own, so that all cases
are loaded together. A case may give rows of a view: that view is then a table, and only those who read it are tested.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from sendtrail.warehouse.views import names

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]

DATA = Path(__file__).parent / "data"
DEFAULTS: Mapping[str, Row] = json.loads((DATA / "defaults.json").read_text(encoding="utf-8"))
ACCOUNT, EXPECTED = "acme", "expected_"


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """Input rows by table, and the rows expected of views."""

    name: str
    given: Rows
    expected: Rows

    @property
    def gives_views(self) -> bool:
        """Return whether rows of views are given, rather than of tables only."""
        return not self.given.keys().isdisjoint(names())


@cache
def load_cases() -> Mapping[str, Case]:
    """Return all cases by name: "<view>/<case>"."""
    folders = sorted({file.parent for file in DATA.glob("*/*/*.jsonl")})
    return {case.name: case for case in map(_case, folders)}


def merged(cases: Iterable[Case]) -> Rows:
    """Return the input rows of cases together, each under accounts of its own."""
    rows: dict[str, list[Row]] = {}
    for case in cases:
        for table, given in case.given.items():
            rows.setdefault(table, []).extend({**row, "organization_id": account(case, row)} for row in given)
    return rows


def in_accounts(rows: Mapping[str, Rows]) -> Rows:
    """Return input rows together, each under the account that they are given for."""
    together: dict[str, list[Row]] = {}
    for name, given in rows.items():
        for table in given:
            together.setdefault(table, []).extend({**row, "organization_id": name} for row in given[table])
    return together


def account(case: Case, row: Row) -> str | None:
    """Return the account of a row of a case, which is the case's own; None where the row says so."""
    name = row.get("organization_id", ACCOUNT)
    return None if name is None else f"{case.name.replace('/', '-')}-{name}"


def filled(table: str, rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Return rows with everything that they leave to the defaults."""
    complete = [{"organization_id": ACCOUNT, **DEFAULTS.get(table, {}), **row} for row in rows]
    if table != "email_activities":
        return complete
    return [{**_derived(row), **row} for row in complete]


def _derived(row: Row) -> Row:
    return {
        "activity_id": sha256(json.dumps(row, sort_keys=True).encode()).hexdigest(),
        "activity_date": row["activity_timestamp"][:10],
        "source_timestamp": row["activity_timestamp"],
    }


def _case(folder: Path) -> Case:
    files = {file.stem: _rows(file) for file in folder.glob("*.jsonl")}
    return Case(
        name=str(folder.relative_to(DATA)),
        given={name: rows for name, rows in files.items() if not name.startswith(EXPECTED)},
        expected={name.removeprefix(EXPECTED): rows for name, rows in files.items() if name.startswith(EXPECTED)},
    )


def _rows(file: Path) -> list[Row]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
