"""How much of an account is in the warehouse, as its state knows it: what was merged, and what was counted last.

`stored_rows/{organization_id}` and `stored_rows/{organization_id}/campaigns/{campaign_id}` hold what was merged,
`row_baselines/{organization_id}` what was counted, `lost_rows/{organization_id}` the campaigns that have lost rows, and
`warehouses/email_activities` which table it was. Each is a document of its own: a worker writes a small one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

from sendtrail.ports import State, Transaction
from sendtrail.state.documents import read_known, readable, to_document

MERGED = "stored_rows"
TABLE_PATH = "warehouses/email_activities"


def _loaded(stored: object) -> object:
    return json.loads(stored) if isinstance(stored, str) else stored


def _dumped(values: Mapping[int, object]) -> str:
    return json.dumps(values, separators=(",", ":"))


# A mapping is one text in the document: Firestore indexes each field of a map, and allows a document 40,000 entries.
AS_TEXT = (BeforeValidator(_loaded), PlainSerializer(_dumped))


@dataclass(frozen=True, kw_only=True, slots=True)
class MergedRows:
    """How many rows merges have added, and the number of these merges: the revision. Neither ever falls."""

    rows: int = 0
    revision: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class CountedTable:
    """The table of activities when it was last counted: which one it was, and its rows from `floor` on.

    `floor` is midnight UTC; the rows from then on do not expire before the next count. `merged` is how many rows had
    been merged of each organization.
    """

    identity: str
    counted_at: datetime
    floor: datetime
    rows: int
    merged: Mapping[str, int] = field(default_factory=dict)
    version: int = 1

    @property
    def first_date(self) -> date:
        """Return the first day whose rows were counted."""
        return self.floor.date()


@dataclass(frozen=True, kw_only=True, slots=True)
class Baseline:
    """What was counted last: of each campaign its rows, and how many had been merged by then."""

    campaigns: Annotated[Mapping[int, tuple[int, int]], *AS_TEXT]
    version: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class LostRows:
    """When rows of campaigns were found to be missing: seconds since 1970, by campaign."""

    campaigns: Annotated[Mapping[int, int], *AS_TEXT]
    version: int = 1


def merged_path(organization_id: str, campaign_id: str = "") -> str:
    """Return the path of what was merged of an organization, or of one of its campaigns."""
    return f"{MERGED}/{organization_id}" + (f"/campaigns/{campaign_id}" if campaign_id else "")


def baseline_path(organization_id: str) -> str:
    """Return the path of what was counted of an organization."""
    return f"row_baselines/{organization_id}"


def lost_path(organization_id: str) -> str:
    """Return the path of the campaigns of which rows are missing."""
    return f"lost_rows/{organization_id}"


def read_baseline(transaction: Transaction, organization_id: str) -> Mapping[int, tuple[int, int]] | None:
    """Return, by campaign, the rows that were counted and those that had been merged by then; None if never."""
    stored = read_known(transaction, baseline_path(organization_id), Baseline)
    return None if stored is None else stored.campaigns


def write_baseline(transaction: Transaction, organization_id: str, counted: Mapping[int, tuple[int, int]]) -> None:
    """Store what was counted."""
    transaction.set(baseline_path(organization_id), to_document(Baseline(campaigns=counted)))


def read_lost(transaction: Transaction, organization_id: str) -> Mapping[int, int]:
    """Return when rows of campaigns were found to be missing, in seconds since 1970."""
    stored = read_known(transaction, lost_path(organization_id), LostRows)
    return {} if stored is None else stored.campaigns


def write_lost(transaction: Transaction, organization_id: str, lost: Mapping[int, int]) -> None:
    """Store when rows of campaigns were found to be missing."""
    transaction.set(lost_path(organization_id), to_document(LostRows(campaigns=lost)))


def merged_rows(state: State, collection: str) -> Mapping[str, int]:
    """Return how many rows were merged, by the ids of a collection's documents."""
    found = {name: readable(MergedRows, document, path=name) for name, document in state.children(collection)}
    return {name: each.rows for name, each in found.items() if each is not None}
