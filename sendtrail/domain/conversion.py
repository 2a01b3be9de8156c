"""A conversion: something that a user did, and what it is worth."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversion:
    """A conversion as the customer recorded it; `user_id` or `email` says whose it is, and the other may be "".

    `converted_at` is aware. Without a monetary value, `value` is None and `currency` is "". A refund names the
    conversion that it refunds, in part or (without a value) whole.
    """

    conversion_id: str
    user_id: str
    email: str
    converted_at: datetime
    value: Decimal | None
    currency: str
    kind: str
    refund_of: str = ""
