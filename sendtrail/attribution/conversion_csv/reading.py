"""How a file of conversions is to be understood: what it is, how it is written, and what it leaves out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo

from sendtrail.attribution.conversion_csv.fields import Defaults
from sendtrail.attribution.conversion_csv.header import Wanted
from sendtrail.attribution.conversion_csv.shop import Shop
from sendtrail.attribution.csv_file.amounts import DecimalMark
from sendtrail.attribution.csv_file.moments import DateFormat


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """How to read a file: what it is, how it is written, and the defaults for what it leaves out.

    `time_zone` is that of times without one; None refuses them. `currency` is that of values without one. `mapping`
    names the columns of fields. Rows with one of `statuses` count; none: those that count for the `shop`, or all.
    Values below zero that refund no named conversion are refused, or `counted_apart`. Bad rows are refused, or skipped.
    """

    encoding: str = "utf-8"
    shop: Shop | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    statuses: frozenset[str] = frozenset()
    time_zone: tzinfo | None = None
    date_format: DateFormat | None = None
    decimal: DecimalMark | None = None
    currency: str = ""
    kind: str = "conversion"
    counted_apart: bool = False
    skips_bad: bool = False

    @property
    def zone(self) -> tzinfo | None:
        """Return the zone of times without one: that of the shop's own column, if that is the one which is read."""
        is_own = self.shop is not None and "converted_at" not in self.mapping
        return (self.shop.zone if self.shop and is_own else None) or self.time_zone

    @property
    def wanted(self) -> Wanted:
        """Return what the columns are looked for with."""
        return Wanted(
            shop=self.shop, mapping=self.mapping, has_currency=bool(self.currency), has_status=bool(self.statuses)
        )

    @property
    def defaults(self) -> Defaults:
        """Return what applies to every row."""
        return Defaults(
            time_zone=self.zone,
            currency=self.currency,
            kind=self.kind,
            counted_apart=self.counted_apart,
            decimal=self.decimal,
            date_format=self.date_format,
        )
