"""One row of a file of conversions: what each cell must contain, and what is wrong with it, in words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

from sendtrail.attribution.csv_file.amounts import DecimalMark, amount, with_cents
from sendtrail.attribution.csv_file.cells import CheckedCells
from sendtrail.attribution.csv_file.identifiers import LONGEST, email_address, identifier, required_identifier
from sendtrail.attribution.csv_file.moments import (
    LAST_OF_DAY,
    UNKNOWN_ZONE,
    DateFormat,
    Writing,
    instant,
    zone_named,
)
from sendtrail.attribution.csv_file.problems import BadCell, BadRow, Problem
from sendtrail.domain.conversion import Conversion

NEGATIVE = (
    "value: {} is below zero: name the conversion that it refunds in a column refund_of,"
    " or have such values counted apart from what e-mails earned with --negative-values apart"
)
NO_USER = "the user is missing: give user_id, email or both"
NO_CURRENCY = "currency: a value needs one: fill the cell, or give one for all with --currency EUR"
ITSELF = "refund_of: it cannot refund itself: name the conversion that it refunds"


@dataclass(frozen=True, kw_only=True, slots=True)
class Defaults:
    """What applies to every row: the defaults for what it leaves out, and how its amounts and times are written.

    A negative value that names no conversion to refund is refused, unless such values are `counted_apart`.
    """

    time_zone: tzinfo | None
    currency: str
    kind: str
    counted_apart: bool = False
    decimal: DecimalMark | None = None
    date_format: DateFormat | None = None


def checked_currency(text: str) -> str:
    """Return a currency's code in capitals, "" for none."""
    if text and not re.fullmatch(r"[A-Za-z]{3}", text):
        raise BadCell("{} is not a currency: write its three letters, like EUR")
    return text.upper()


def read_conversion(row: Mapping[str, str], defaults: Defaults) -> Conversion:
    """Return the conversion of a row; raise BadRow with every problem."""
    cells = CheckedCells(row)
    conversion_id = cells.read("conversion_id", required_identifier)
    user_id = cells.read("user_id", identifier)
    email = cells.read("email", email_address)
    refund_of = cells.read("refund_of", identifier)
    converted_at = _converted_at(cells, defaults)
    currency = cells.read("currency", checked_currency)
    value = _value(cells, currency or defaults.currency, defaults)
    kind = cells.read("kind", _short)
    problems = [*cells.problems, *_contradictions(cells, value, defaults)]
    if problems:
        raise BadRow(problems)
    assert converted_at is not None  # noqa: S101  (or else there were problems)
    return Conversion(
        conversion_id=conversion_id or "",
        user_id=user_id or "",
        email=email or "",
        converted_at=converted_at,
        value=value,
        currency=(currency or defaults.currency) if value is not None else "",
        kind=kind or defaults.kind,
        refund_of=refund_of or "",
    )


def _value(cells: CheckedCells, currency: str, defaults: Defaults) -> Decimal | None:
    value = cells.read("value", lambda text: amount(text, currency=currency, mark=defaults.decimal))
    if value is not None and not currency and not cells["currency"]:
        cells.problems.append(Problem(kind=NO_CURRENCY))
    return None if value is None else with_cents(value)


def _converted_at(cells: CheckedCells, defaults: Defaults) -> datetime | None:
    """Return when it happened; its time may have a column of its own, as well as its zone."""
    zone = zone_named(cells["time_zone"]) or defaults.time_zone
    if zone is None and cells["time_zone"]:
        cells.problems.append(Problem(kind=f"time_zone: {UNKNOWN_ZONE}", cell=cells["time_zone"]))
        return None
    writing = Writing(zone=zone, date_format=defaults.date_format)
    of_day = cells["time_of_day"] or LAST_OF_DAY
    return cells.read("converted_at", lambda text: instant(text, writing, of_day=of_day))


def _contradictions(cells: CheckedCells, value: Decimal | None, defaults: Defaults) -> list[Problem]:
    """Return what is wrong with a row as a whole; a refund is its conversion's user's, whoever it names."""
    is_negative = value is not None and value < 0
    problems = []
    if not (cells["user_id"] or cells["email"] or cells["refund_of"] or (is_negative and defaults.counted_apart)):
        problems.append(Problem(kind=NO_USER))
    if cells["refund_of"] and cells["refund_of"] == cells["conversion_id"]:
        problems.append(Problem(kind=ITSELF))
    if is_negative and not cells["refund_of"] and not defaults.counted_apart:
        problems.append(Problem(kind=NEGATIVE, cell=cells["value"]))
    return problems


def _short(text: str) -> str:
    if len(text) > LONGEST:
        raise BadCell(f"{{}} is longer than {LONGEST} characters")
    return text
