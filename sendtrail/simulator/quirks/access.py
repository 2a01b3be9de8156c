"""Oddities of what the key may do."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

Refusal = Literal["not_allowed", "status_403"]
HiddenContact = Literal["shown", "refused", "unknown"]


@dataclass(frozen=True, kw_only=True)
class AccessQuirks:
    """What the user of the key may not do."""

    no_permission: tuple[str, ...] = ()
    """Actions and paths that are refused for ever, such as campaign_report_bounce_list or /api/3/contacts. Truth leaves
    out the rows of reports that are refused."""
    refusal: Refusal = "not_allowed"
    """How they are refused: by v1's XML with status 200 (v3: a 403), or by a 403 everywhere."""
    hidden_list: Annotated[int, Field(ge=0)] = 0
    """The id of a list that the user may not see: contacts who are on no other list are missing from the list of
    contacts, and from its length. Truth leaves them out."""
    hidden_from_h: Annotated[float, Field(ge=0)] = 0
    """So many hours after the account began, the permission for `hidden_list` is taken away."""
    hidden_by_id: HiddenContact = "shown"
    """What a hidden contact is for who asks for it by its id: itself, a 403, or a 404 as if it were deleted."""
