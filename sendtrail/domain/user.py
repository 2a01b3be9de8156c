"""A user of the customer, and the contact that they are."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class User:
    """A claim that a user is a contact, by its id or by an address; "" is not known.

    `valid_from` is aware: since when; None is for always.
    """

    user_id: str
    contact_id: str
    email: str
    valid_from: datetime | None
