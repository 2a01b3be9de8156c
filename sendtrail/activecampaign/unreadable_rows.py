"""Rows that cannot be understood: kept as they came, so that they cost nothing but themselves."""

import json

from sendtrail.activecampaign.http.account_words import Mask
from sendtrail.domain.campaign_report import UnreadableRow

MAX_RAW_CHARACTERS = 4_000


class UnreadableField(ValueError):
    """A field of a row that cannot be understood; its value stays out of the message."""


def unreadable_row(report: str, page: int, row: object, *, reason: str, mask: Mask) -> UnreadableRow:
    """Return a row that cannot be read, as it came save for the key of the account."""
    raw = json.dumps(row, default=str, ensure_ascii=False)
    return UnreadableRow(report=report, page=page, reason=reason, raw=mask.without_key(raw)[:MAX_RAW_CHARACTERS])
