"""What queries cost on demand, as a person reads it."""

from sendtrail.pricing.bigquery_bytes import TEBIBYTE
from sendtrail.pricing.unit_prices import PRICES, Unit

GIGABYTE = 1e9


def query_price(bytes_billed: float, bound: str) -> str:
    """Return how much is billed, at least or at most (`bound`), the share of what is free, and the price beyond it."""
    share = bytes_billed / TEBIBYTE
    return (
        f"{bytes_billed / GIGABYTE:,.1f} GB {bound}: {share:.1%} of the TiB that is free each month, "
        f"${share * PRICES[Unit.STATEMENTS].dollars:.2f} beyond it"
    )
