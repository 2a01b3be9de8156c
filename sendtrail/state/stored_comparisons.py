"""How what is stored of an account agreed with its counters when it was last compared: `audits/{organization_id}`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from sendtrail.state.stored_rows import AS_TEXT


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredComparison:
    """What was compared at `compared_at`.

    `verdicts` holds, by campaign, 1 where all is stored that is counted, and 2 where a gap stays whatever is read;
    `found_at` is when others did not agree, in microseconds since 1970, and `gaps` by how much, by report.
    """

    compared_at: datetime
    verdicts: Annotated[Mapping[int, int], *AS_TEXT]
    found_at: Annotated[Mapping[int, int], *AS_TEXT]
    gaps: Annotated[Mapping[int, Mapping[str, tuple[int, int, int, int]]], *AS_TEXT]
    version: int = 1


def comparison_path(organization_id: str) -> str:
    """Return the path of an account's comparison."""
    return f"audits/{organization_id}"
