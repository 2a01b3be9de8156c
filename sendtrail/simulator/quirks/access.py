"""Oddities of what the key may do."""

from dataclasses import dataclass
from typing import Literal

Refusal = Literal["not_allowed", "status_403"]


@dataclass(frozen=True, kw_only=True)
class AccessQuirks:
    """What the user of the key may not do."""

    no_permission: tuple[str, ...] = ()
    """Actions and paths that are refused for ever, such as campaign_report_bounce_list or /api/3/contacts. Truth leaves
    out the rows of reports that are refused."""
    refusal: Refusal = "not_allowed"
    """How they are refused: by v1's XML with status 200 (v3: a 403), or by a 403 everywhere."""
