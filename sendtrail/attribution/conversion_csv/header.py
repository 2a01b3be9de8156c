"""The columns of a file of conversions: the names by which each field is known, and what must not be missing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sendtrail.attribution.conversion_csv.shop import Shop
from sendtrail.attribution.conversion_csv.shops import SHOPS
from sendtrail.attribution.csv_file.columns import Columns, find_columns, normalised, shown
from sendtrail.errors import SettingsError

# What spreadsheets and programs call the columns; upper and lower case, spaces and hyphens do not matter. `customer` is
# not among them, as it may be a name, nor `price`, as it may be that of one piece.
NAMES: Mapping[str, tuple[str, ...]] = {
    "conversion_id": ("conversion_id", "id", "order_id", "order_number", "order", "transaction_id", "event_id"),
    "user_id": ("user_id", "user", "customer_id", "external_id"),
    "email": ("email", "email_address", "customer_email", "contact_email", "user_email"),
    "converted_at": (
        "converted_at", "time", "timestamp", "datetime", "date", "created_at", "order_date", "ordered_at",
        "purchased_at", "completed_at", "paid_at", "occurred_at",
    ),
    "value": ("value", "amount", "total", "order_total", "revenue"),
    "currency": ("currency", "currency_code"),
    "kind": ("kind", "type", "event", "event_type", "conversion_type"),
    "refund_of": ("refund_of", "refunds", "refunded_order_id", "original_order_id", "parent_order_id"),
    "status": ("status", "order_status", "payment_status", "financial_status"),
    "time_zone": ("time_zone", "timezone"),
    # Only what --map says.
    "time_of_day": (),
    "refunded": (),
    "refunded_at": (),
}  # fmt: skip
REQUIRED = ("conversion_id", "converted_at", "value", "status", "type")
OWNERS = ("user_id", "email")
# The fields whose titles tell an export from others.
_TELLING = ("conversion_id", "converted_at", "value", "status", "refunded", "type", "reference")
TITLES_SHOWN = 3
_HINTS = {
    "value": ", which is the whole of an order; or say --no-value if they have no value in money",
    "status": ", or say --map status= if every row counts",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What the columns are looked for with: the shop that wrote them, and what the user said."""

    shop: Shop | None
    mapping: Mapping[str, str]
    has_currency: bool
    has_status: bool

    @property
    def names(self) -> Mapping[str, tuple[str, ...]]:
        """Return the names of each field; without a shop, a status counts only if one was asked for."""
        if self.shop:
            return self.shop.titles
        return {field: names for field, names in NAMES.items() if field != "status" or self.has_status}

    def is_required(self, field: str) -> bool:
        """Return whether a file must have a column for a field: some need none where the user said so."""
        if field in {"conversion_id", "converted_at"}:
            return True
        return self.mapping.get(field) != "" and (field == "value" or field in self.names)


def read_header(titles: Sequence[str], wanted: Wanted, *, line: int) -> Columns:
    """Return the columns of a file; raise SettingsError with every problem, and whose export it seems to be."""
    try:
        columns = find_columns(titles, wanted.names, wanted.mapping, line=line, by_preference=bool(wanted.shop))
        problems = [*_missing(columns, wanted), *_unpaired(columns, wanted)]
        if problems:
            names = f"The first row has {shown(columns.titles)}." if titles else "The file is empty."
            raise SettingsError([*(f"line {line}: {problem}" for problem in problems), names])
    except SettingsError as error:
        raise SettingsError([*error.problems, *_advice(titles, wanted)]) from None
    return columns


def _advice(titles: Sequence[str], wanted: Wanted) -> list[str]:
    """Return which export a file seems to be, if it has all columns that only that one has."""
    if wanted.shop:
        return []
    found = {normalised(title) for title in titles}
    return [
        f"This looks like {shop.label}: say --from {name}."
        for name, shop in SHOPS.items()
        if all(found & set(map(normalised, shop.titles[field])) for field in _TELLING if field in shop.titles)
    ][:1]


def _missing(columns: Columns, wanted: Wanted) -> Iterator[str]:
    for field in REQUIRED:
        if field not in columns.places and wanted.is_required(field):
            yield f"{_no_column(field, wanted.shop)}: name it with --map {field}=COLUMN{_HINTS.get(field, '')}"
    if not any(field in columns.places for field in OWNERS):
        yield f"{_no_column('email', wanted.shop)}, nor as user_id: say --map email=COLUMN or --map user_id=COLUMN"
    if "value" in columns.places and "currency" not in columns.places and not wanted.has_currency:
        yield "values need a currency: say --map currency=COLUMN, or give one for all with --currency EUR"


def _no_column(field: str, shop: Shop | None) -> str:
    if not shop:
        return f"no column is known as {field}"
    advice = f" ({shop.advice[field]})" if field in shop.advice else ""
    titles = " or ".join(shop.titles.get(field, (field,))[:TITLES_SHOWN])
    return f"{shop.label} would have a column {titles}, this has none{advice}"


def _unpaired(columns: Columns, wanted: Wanted) -> Iterator[str]:
    """Yield a problem if another amount than the shop's was chosen, and not what was refunded of that amount."""
    if wanted.mapping.get("value") and "refunded" in columns.places and "refunded" not in wanted.mapping:
        refunded = columns.titles[columns.places["refunded"]]
        yield (
            f"{refunded} belongs to another amount than {wanted.mapping['value']}: name what was refunded of that with"
            f" --map refunded=COLUMN, or say --map refunded={refunded} or --map refunded="
        )
