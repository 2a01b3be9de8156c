"""What the conversions of a file come to: counted while they pass, as there may be a million."""

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from decimal import Decimal

from sendtrail.attribution.conversion_csv.totals import Sum, Totals
from sendtrail.cli.load.known_contacts import KnownContacts
from sendtrail.domain.conversion import Conversion
from sendtrail.plurals import counted


def tallied(conversions: Iterable[Conversion], totals: Totals) -> Iterator[Conversion]:
    """Yield conversions, and add them to the totals."""
    for conversion in conversions:
        totals.add(conversion)
        yield conversion


def of_known(conversions: Iterable[Conversion], known: KnownContacts) -> int:
    """Return how many are of a known contact; refunds are their conversions'."""
    return sum(known.have_converted(each) for each in conversions if not each.refund_of)


def totals_lines(totals: Totals, *, zone: tzinfo | None, now: datetime) -> Iterator[str]:
    """Yield what a person is told: from when to when, and the sum of each currency."""
    first, last = totals.first_at, totals.last_at
    if first and last:
        is_future = ", which is in the future: is --date-format right?" if last > now else "."
        yield f"From {_shown(first, zone)} to {_shown(last, zone)}{is_future}"
    for currency, found in sorted(totals.sums.items(), key=lambda item: (not item[0], item[0])):
        yield _sum_line(currency, found)


def _shown(moment: datetime, zone: tzinfo | None) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}" if zone else f"{moment:%Y-%m-%d %H:%M} UTC"


def _sum_line(currency: str, found: Sum) -> str:
    if not currency:
        return f"Without a value: {found.conversions + found.refunds:,}."
    refunded = f"; {_amount(found.refunded)} refunded, in {counted(found.refunds, 'refund')}" if found.refunds else ""
    return f"{currency} {_amount(found.value)} in {counted(found.conversions, 'conversion')}{refunded}."


def _amount(value: Decimal) -> str:
    """Return an amount with two decimals, or as many as it has."""
    return f"{value:,.2f}" if value == round(value, 2) else f"{value:,f}"
