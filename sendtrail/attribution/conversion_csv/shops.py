"""The exports that `--from` knows, by name, with the titles that their files have."""

from collections.abc import Mapping
from datetime import UTC

from sendtrail.attribution.conversion_csv.shop import Shop
from sendtrail.attribution.conversion_csv.shop_rows import paypal, shopify, with_refund, woocommerce

# https://help.shopify.com/en/manual/fulfillment/managing-orders/exporting-orders: a row per piece, totals in the first.
SHOPIFY = Shop(
    label="Shopify's orders export",
    titles={
        "conversion_id": ("Name",),
        "email": ("Email",),
        "converted_at": ("Created at",),
        "value": ("Total",),
        "currency": ("Currency",),
        "status": ("Financial Status",),
        "refunded": ("Refunded Amount",),
        "refunded_at": ("Cancelled at",),
    },
    statuses=frozenset({"paid", "partially refunded", "refunded"}),
    split=shopify,
)
# WooCommerce itself exports a report without addresses; these are the titles of the plugins that export orders, too.
WOOCOMMERCE = Shop(
    label="WooCommerce's export",
    titles={
        "conversion_id": ("order_number", "Order #", "Order Number", "order_id", "Order ID"),
        "email": ("billing_email", "Email (Billing)", "Billing Email", "customer_email", "Customer Email", "Email"),
        "converted_at": ("order_date", "Order Date", "date_created", "Date Created", "Date"),
        "value": ("order_total", "Order Total Amount", "Order Total", "Total", "Net Sales", "N. Revenue"),
        "currency": ("order_currency", "Order Currency", "Currency"),
        "status": ("order_status", "Order Status", "Status"),
        "refunded": ("refunded_total", "Order Refund Amount", "total_refunded", "Refund Total"),
    },
    statuses=frozenset({"completed", "processing", "refunded"}),
    split=woocommerce,
    advice={
        "email": "the report of WooCommerce itself has names but no addresses: export the orders with a plugin, and"
        " with the column Billing Email"
    },
)
# https://support.stripe.com/questions/exporting-payment-reports: Payments > Export, with all columns.
STRIPE = Shop(
    label="Stripe's payments export",
    titles={
        "conversion_id": ("id",),
        "email": ("Customer Email",),
        "converted_at": ("Created date (UTC)", "Created (UTC)"),
        "value": ("Amount",),
        "currency": ("Currency",),
        "status": ("Status",),
        "refunded": ("Amount Refunded",),
        "refunded_at": ("Refunded date (UTC)",),
    },
    statuses=frozenset({"paid", "refunded", "partially refunded", "partial refund", "succeeded"}),
    split=with_refund,
    zone=UTC,
)
PAYPAL = Shop(
    label="PayPal's activity download",
    titles={
        "conversion_id": ("Transaction ID", "Transaktionscode"),
        "email": ("From Email Address", "Absender E-Mail-Adresse"),
        "converted_at": ("Date", "Datum"),
        "time_of_day": ("Time", "Uhrzeit"),
        "time_zone": ("TimeZone", "Time Zone", "Zeitzone"),
        "value": ("Gross", "Brutto"),
        "currency": ("Currency", "Währung"),
        "status": ("Status",),
        "type": ("Type", "Typ"),
        "reference": ("Reference Txn ID", "Zugehöriger Transaktionscode"),
    },
    statuses=frozenset({"completed", "refunded", "partially refunded", "abgeschlossen", "zurückgezahlt"}),
    split=paypal,
    advice={"type": "download all activity rather than a statement, in English or German"},
)
ACTIVECAMPAIGN_DEALS = Shop(
    label="ActiveCampaign's deals export",
    titles={
        "conversion_id": ("Deal ID", "ID"),
        "email": ("Primary Contact Email", "Contact Email", "Email", "Email Address"),
        "converted_at": ("Won Date", "Date Won", "Close Date", "Closed Date", "Date Closed"),
        "value": ("Deal Value", "Value"),
        "currency": ("Deal Currency", "Currency"),
        "status": ("Deal Status", "Status"),
    },
    statuses=frozenset({"won", "1"}),
    split=with_refund,
    advice={"converted_at": "the day on which a deal was won counts, not that on which it was created"},
)
MAGENTO = Shop(
    label="Magento's orders export",
    titles={
        "conversion_id": ("ID",),
        "email": ("Customer Email",),
        "converted_at": ("Purchase Date",),
        "value": ("Grand Total (Base)",),
        "currency": ("Base Currency",),
        "status": ("Status",),
        "refunded": ("Total Refunded",),
    },
    statuses=frozenset({"complete", "processing", "closed"}),
    split=with_refund,
)
BIGCOMMERCE = Shop(
    label="BigCommerce's orders export",
    titles={
        "conversion_id": ("Order ID",),
        "email": ("Customer Email", "Billing Email"),
        "converted_at": ("Order Date",),
        "time_of_day": ("Order Time",),
        "value": ("Order Total (inc tax)",),
        "currency": ("Order Currency Code",),
        "status": ("Order Status",),
        "refunded": ("Refund Amount",),
    },
    statuses=frozenset(
        {
            "awaiting fulfillment", "awaiting shipment", "awaiting pickup", "partially shipped", "shipped", "completed",
            "partially refunded", "refunded",
        }
    ),
    split=with_refund,
)  # fmt: skip
SHOPS: Mapping[str, Shop] = {
    "shopify": SHOPIFY,
    "woocommerce": WOOCOMMERCE,
    "stripe": STRIPE,
    "paypal": PAYPAL,
    "activecampaign-deals": ACTIVECAMPAIGN_DEALS,
    "magento": MAGENTO,
    "bigcommerce": BIGCOMMERCE,
}
