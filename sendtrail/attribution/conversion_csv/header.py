"""The first row of a file of conversions: which column has which field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sendtrail.errors import SettingsError

# What shops and spreadsheets call the columns; upper and lower case, spaces and hyphens do not matter.
NAMES: Mapping[str, tuple[str, ...]] = {
    "conversion_id": ("conversion_id", "id", "order_id", "order_number", "order", "transaction_id", "event_id"),
    "user_id": ("user_id", "user", "customer_id", "customer", "external_id"),
    "email": ("email", "email_address", "customer_email", "contact_email", "user_email"),
    "converted_at": (
        "converted_at", "time", "timestamp", "datetime", "date", "created_at", "order_date", "ordered_at",
        "purchased_at", "completed_at", "paid_at", "occurred_at",
    ),
    "value": ("value", "amount", "total", "order_total", "revenue", "price"),
    "currency": ("currency", "currency_code"),
    "kind": ("kind", "type", "event", "event_type", "conversion_type"),
    "refund_of": ("refund_of", "refunds", "refunded_order_id", "original_order_id", "parent_order_id"),
}  # fmt: skip
REQUIRED = ("conversion_id", "converted_at")


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """Where each field is in a row, how many columns a row has, and the titles that are ignored."""

    places: Mapping[str, int]
    width: int
    ignored: tuple[str, ...]


def read_header(titles: Sequence[str], *, line: int, has_currency: bool) -> Header:
    """Return the header of a file; raise SettingsError with every problem."""
    found: dict[str, list[int]] = {}
    for place, title in enumerate(titles):
        if field := _field(title):
            found.setdefault(field, []).append(place)
    problems = [*_missing(found, has_currency=has_currency), *_doubled(found, titles)]
    if problems:
        raise SettingsError([f"line {line}: {problem}" for problem in problems])
    return Header(
        places={field: places[0] for field, places in found.items()},
        width=len(titles),
        ignored=tuple(title for title in titles if not _field(title)),
    )


def _field(title: str) -> str | None:
    name = re.sub(r"[^a-z0-9]+", "_", title.strip().lower()).strip("_").replace("e_mail", "email")
    return next((field for field, names in NAMES.items() if name in names), None)


def _missing(found: Mapping[str, object], *, has_currency: bool) -> list[str]:
    problems = [
        f"the first row must name the columns, and none of them is {field} (or {', '.join(NAMES[field][1:4])})"
        for field in REQUIRED
        if field not in found
    ]
    if "user_id" not in found and "email" not in found:
        problems.append("no column identifies the user: name one user_id or email")
    if "value" in found and "currency" not in found and not has_currency:
        problems.append("values need a currency: add a column currency, or give one for all with --currency EUR")
    return problems


def _doubled(found: Mapping[str, Sequence[int]], titles: Sequence[str]) -> list[str]:
    return [
        f"{' and '.join(titles[place] for place in places)} both mean {field}: rename or remove all but one"
        for field, places in found.items()
        if len(places) > 1
    ]
