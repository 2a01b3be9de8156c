"""What the rows of each shop's export mean: which are no orders, and what was refunded."""

from collections.abc import Sequence

from sendtrail.attribution.conversion_csv.shop import Cells, LeftOut
from sendtrail.attribution.csv_file.amounts import is_zero

FURTHER_LINE = "further lines of an order"
# Parts of the types of PayPal's activities, in English and German. Holds and their release look like payments.
_PAYMENTS = ("payment", "zahlung", "donation", "spende", "invoice")
_REFUNDS = ("refund", "reversal", "chargeback", "rückzahlung", "rückbuchung", "rückerstattung", "rückgabe")
_OTHERS = (
    "hold", "release", "review", "fee", "authorization", "withdrawal", "currency", "einbehalt", "freigabe", "gebühr",
    "autorisierung", "abbuchung", "währung",
)  # fmt: skip


def with_refund(cells: Cells) -> Sequence[Cells]:
    """Return an order, and what was refunded of it if it names an amount.

    The refund's time is that which the export gives, or else that of the order. Its id is made of the order's, so that
    loading a later export brings it up to date.
    """
    refunded, refunded_at = cells.pop("refunded", ""), cells.pop("refunded_at", "")
    if cells.get("user_id") == "0":  # a guest
        cells["user_id"] = ""
    if is_zero(refunded):
        return [cells]
    order = cells["conversion_id"]
    refund = {**cells, "conversion_id": f"{order}-refund", "refund_of": order, "value": refunded}
    if refunded_at:
        refund |= {"converted_at": refunded_at, "time_of_day": ""}
    return [cells, refund]


def shopify(cells: Cells) -> Sequence[Cells] | LeftOut:
    """Return an order from its first row; each further piece that was ordered has a row without a total."""
    if not cells.get("value") and not cells.get("status"):
        return LeftOut(FURTHER_LINE)
    return with_refund(cells)


def woocommerce(cells: Cells) -> Sequence[Cells] | LeftOut:
    """Return an order; in reports, a refund is a row of its own with the number of its order and a negative value."""
    if not cells.get("value", "").startswith(("-", "\u2212")):
        return with_refund(cells)
    order, at = cells["conversion_id"], cells["converted_at"]
    return [{**cells, "conversion_id": f"{order}-refund-{at}", "refund_of": order}]


def paypal(cells: Cells) -> Sequence[Cells] | LeftOut:
    """Return a payment that was received, or a refund of one, which names it; the sender of a refund is the shop."""
    kind, reference = cells.pop("type"), cells.pop("reference", "")
    words, is_negative = kind.lower(), cells.get("value", "").startswith(("-", "\u2212"))
    if any(word in words for word in _OTHERS):
        return LeftOut(f"type {kind}")
    if is_negative and any(word in words for word in _REFUNDS):
        return [{**cells, "refund_of": reference, "email": "", "user_id": ""}]
    if not is_negative and any(word in words for word in _PAYMENTS) and not any(word in words for word in _REFUNDS):
        return [cells]
    return LeftOut(f"type {kind or 'none'}{', paid by you' if is_negative else ''}")
