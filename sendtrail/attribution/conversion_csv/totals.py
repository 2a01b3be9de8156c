"""What a file of conversions comes to: how many, from when to when, and how much in each currency."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sendtrail.domain.conversion import Conversion


@dataclass(kw_only=True, slots=True)
class Sum:
    """The conversions of one currency ("": without a value), and the refunds among them, both as positive amounts."""

    conversions: int = 0
    value: Decimal = Decimal(0)
    refunds: int = 0
    refunded: Decimal = Decimal(0)


@dataclass(kw_only=True, slots=True)
class Totals:
    """The totals of the conversions that were added."""

    count: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    sums: dict[str, Sum] = field(default_factory=dict)

    @property
    def conversions(self) -> int:
        """Return how many are no refunds."""
        return sum(of_currency.conversions for of_currency in self.sums.values())

    def add(self, conversion: Conversion) -> None:
        """Add a conversion or a refund."""
        self.count += 1
        at = conversion.converted_at
        self.first_at = min(self.first_at or at, at)
        self.last_at = max(self.last_at or at, at)
        of_currency = self.sums.setdefault(conversion.currency, Sum())
        value = conversion.value or Decimal(0)
        if conversion.refund_of or value < 0:
            of_currency.refunds += 1
            of_currency.refunded += abs(value)
        else:
            of_currency.conversions += 1
            of_currency.value += value
