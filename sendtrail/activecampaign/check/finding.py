"""One thing that was found out about an account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

# What may be shown to anybody: never a text that the account chose, save the names of its fields.
Fact = bool | int | None | Sequence[int] | Sequence[str] | Mapping[str, int]
Facts = dict[str, Fact]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What was seen of a thing and what it means, for the account's owner; `facts` are the same for everybody.

    `is_ok` is False where a sync needs what is refused or missing, None where nothing could be seen.
    """

    name: str
    seen: str
    meaning: str
    is_ok: bool | None
    facts: Mapping[str, Fact] = field(default_factory=dict)
