"""What a run of an account took."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class RunFigures:
    """Requests, those of them for contacts, and those that were refused with 429; rows; and how it ended.

    `failures` is how much of what was asked for is missing; `given_up` is why, by campaign or "contacts", of what was
    tried again until the run ended, which leaves no reason anywhere else. `ended_at` and `seconds` are None of a run
    that was interrupted on Google Cloud, or killed, `bytes_billed` where nothing is billed.
    """

    ended_at: datetime | None
    seconds: float | None
    requests: int
    contacts_requests: int
    refused: int
    activities_read: int
    activities_new: int
    contacts_read: int
    contacts_changed: int
    unreadable_rows: int
    failures: int
    interrupted: bool
    retries: int = 0
    bytes_billed: int | None = None
    given_up: Mapping[str, str] = field(default_factory=dict)
