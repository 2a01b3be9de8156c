"""A conversion: what a user did that is worth counting, and what it is worth."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversion:
    """A conversion as its owner tells it; `user_id` or `email` says whose, the other may be "".

    `converted_at` is aware. `value` is None, and `currency` "", where it is worth no money.
    """

    conversion_id: str
    user_id: str
    email: str
    converted_at: datetime
    value: Decimal | None
    currency: str
    kind: str
