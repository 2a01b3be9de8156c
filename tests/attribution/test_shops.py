"""The exports of shops, with the titles and the habits that their files have."""

# ruff: noqa: E501, RUF001  (the rows of an export are long, and have signs of their own)

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from sendtrail.attribution.conversion_csv.reading import Reading
from sendtrail.attribution.conversion_csv.shops import SHOPS
from sendtrail.attribution.csv_file.moments import DateFormat
from tests.attribution.csv_files import Files, Found

BERLIN = ZoneInfo("Europe/Berlin")
Row = tuple[str, str, str, str, str, str]

SHOPIFY = """\
Name,Email,Financial Status,Paid at,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,Cancelled at,Refunded Amount,Id
#1001,Ann@x.example,paid,2025-03-30 14:05:10 +0200,EUR,80.00,84.90,2025-03-30 14:05:00 +0200,1,Mug,,0.00,5551
#1001,ann@x.example,,,,,,2025-03-30 14:05:00 +0200,1,Plate,,,
#1002,bob@x.example,partially_refunded,2025-03-30 15:05:10 +0200,EUR,10.00,10.00,2025-03-30 15:05:00 +0200,1,Mug,,2.50,5552
#1003,cy@x.example,refunded,2025-03-30 15:05:10 +0200,EUR,9.00,9.00,2025-03-30 15:05:00 +0200,1,Mug,2025-04-02 10:00:00 +0200,9.00,5553
#1004,di@x.example,pending,,EUR,7.00,7.00,2025-03-31 15:05:00 +0200,1,Mug,,0.00,5554
"""
WOOCOMMERCE = """\
order_id,order_number,order_date,status,order_total,order_currency,customer_id,customer_email,billing_email,refunded_total
17,1017,2025-03-30 14:05:00,wc-completed,84.90,EUR,0,,Ann@x.example,0.00
18,1018,2025-03-31 14:05:00,refunded,10.00,EUR,5,bob@x.example,bob@x.example,10.00
19,1019,2025-03-31 15:05:00,failed,10.00,EUR,5,bob@x.example,bob@x.example,
"""
ADVANCED_ORDER_EXPORT = """\
Order Number,Order Status,Order Date,Email (Billing),Order Refund Amount,Order Total Amount
1017,Completed,2025-03-30 14:05,ann@x.example,0.00,84.90
"""
WOOCOMMERCE_REPORT = """\
"Date","Order #","N. Revenue (formatted)","Status","Customer","Customer type","Product(s)","N. Revenue","Email"
"2025-03-30 14:05:00","1001","€84.90","completed","Ann","new","1× Mug","84.9","ann@x.example"
"2025-04-02 10:00:00","1001","-€4.90","refunded","Ann","new","","-4.9","ann@x.example"
"""
STRIPE = """\
id,Description,Created date (UTC),Amount,Amount Refunded,Currency,Converted Amount,Converted Amount Refunded,Converted Currency,Status,Customer ID,Customer Email,Refunded date (UTC)
ch_1,Mug,2025-03-30 12:05:00,49.00,0.00,eur,53.10,0.00,usd,Paid,cus_1,ann@x.example,
ch_2,Mug,2025-03-31 12:05,20.00,5.00,eur,21.10,5.30,usd,Paid,cus_2,bob@x.example,2025-04-02 09:00
ch_3,Mug,2025-03-31 12:06,20.00,0.00,eur,,,,Failed,cus_2,bob@x.example,
"""
PAYPAL = """\
"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","From Email Address","To Email Address","Transaction ID","Reference Txn ID"
"03/30/2025","05:05:00","PDT","Ann","Express Checkout Payment","Completed","USD","1,500.00","-58.80","1,441.20","Ann@x.example","shop@x.example","1AB",""
"03/31/2025","05:05:00","PDT","Ann","Payment Refund","Completed","USD","-500.00","0.00","-500.00","shop@x.example","ann@x.example","3CD","1AB"
"04/01/2025","05:05:00","PDT","","General Withdrawal","Completed","USD","-400.00","0.00","-400.00","","","4",""
"04/01/2025","05:05:00","PDT","","Reversal of General Account Hold","Completed","USD","40.00","0.00","40.00","","","5",""
"04/01/2025","05:05:00","PDT","Host","PreApproved Payment Bill User Payment","Completed","USD","-7.00","0.00","-7.00","shop@x.example","host@x.example","6","B-1"
"04/02/2025","05:05:00","PDT","Late","Website Payment","Pending","USD","50.00","-1.80","48.20","late@x.example","shop@x.example","7",""
"""
PAYPAL_GERMAN = """\
"Datum";Uhrzeit;Zeitzone;Name;Typ;Status;Währung;Brutto;Gebühr;Netto;Absender E-Mail-Adresse;Empfänger E-Mail-Adresse;Transaktionscode;Zugehöriger Transaktionscode
30.03.2025;14:05:00;MESZ;Ann;Express-Checkout-Zahlung;Abgeschlossen;EUR;1.500,00;-58,80;1.441,20;ann@x.example;shop@x.example;1AB;
31.03.2025;14:05:00;MESZ;Ann;Rückzahlung;Abgeschlossen;EUR;-500,00;0,00;-500,00;shop@x.example;ann@x.example;3CD;1AB
01.04.2025;14:05:00;MESZ;;Allgemeine Währungsumrechnung;Abgeschlossen;EUR;10,00;0,00;10,00;;;4;
"""
DEALS = """\
Deal ID,Deal Title,Pipeline,Deal Value,Deal Currency,Deal Status,Contact Email,Close Date
12,Big one,Sales,1500.00,usd,Won,ann@x.example,2025-03-30 14:05:00
13,Small one,Sales,15.00,usd,Open,bob@x.example,
"""
MAGENTO = """\
ID,Purchase Point,Purchase Date,Bill-to Name,Grand Total (Base),Grand Total (Purchased),Status,Customer Email,Total Refunded
000000001,Main,"Mar 30, 2025 2:05:00 PM",Ann,219.4000,199.0000,Complete,ann@x.example,
000000002,Main,"Mar 31, 2025 2:05:00 PM",Bob,20.0000,18.0000,Closed,bob@x.example,20.0000
000000003,Main,"Mar 31, 2025 2:05:00 PM",Cy,20.0000,18.0000,Canceled,cy@x.example,
"""
BIGCOMMERCE = """\
Order ID,Order Status,Order Date,Order Time,Order Total (inc tax),Order Total (ex tax),Refund Amount,Customer ID,Customer Email,Order Currency Code
101,Shipped,30/03/2025,14:05:00,84.90,80.00,0.00,5,ann@x.example,AUD
102,Incomplete,30/03/2025,14:06:00,84.90,80.00,0.00,0,bob@x.example,AUD
"""


def rows(found: Found) -> list[Row]:
    """Return what matters of each conversion: id, address, time, value, currency, what it refunds."""
    return [
        (
            each.conversion_id,
            each.email,
            f"{each.converted_at:%m-%d %H:%M}",
            str(each.value),
            each.currency,
            each.refund_of,
        )
        for each in found.conversions
    ]


def of(shop: str, **reading: object) -> Reading:
    """Return how an export of a shop is read."""
    return Reading(shop=SHOPS[shop], **reading)  # type: ignore[arg-type]


def test_shopify_has_a_row_for_each_piece_and_no_day_for_most_refunds(files: Files) -> None:
    """Totals are in the first row; a refund is of the day on which the order was cancelled, or that of the order."""
    found = files.read(SHOPIFY, of("shopify"))

    assert rows(found) == [
        ("#1001", "ann@x.example", "03-30 12:05", "84.90", "EUR", ""),
        ("#1002", "bob@x.example", "03-30 13:05", "10.00", "EUR", ""),
        ("#1002-refund", "bob@x.example", "03-30 13:05", "2.50", "EUR", "#1002"),
        ("#1003", "cy@x.example", "03-30 13:05", "9.00", "EUR", ""),
        ("#1003-refund", "cy@x.example", "04-02 08:00", "9.00", "EUR", "#1003"),
    ]
    assert found.left_out == {"further lines of an order": 1, "status pending": 1}


def test_other_statuses_may_be_chosen(files: Files) -> None:
    """Instead of those that count as paid."""
    found = files.read(SHOPIFY, of("shopify", statuses=frozenset({"pending"})))

    assert [row[0] for row in rows(found)] == ["#1004"]


def test_another_amount_needs_its_own_refunds(files: Files) -> None:
    """Or else what was refunded of one would be taken from the other."""
    problems = files.problems(STRIPE, of("stripe", mapping={"value": "Converted Amount"}))
    mapping = {"value": "Converted Amount", "currency": "Converted Currency", "refunded": "Converted Amount Refunded"}
    found = files.read(STRIPE, of("stripe", mapping=mapping))

    assert problems[0].startswith("line 1: Amount Refunded belongs to another amount than Converted Amount")
    assert [row[3:5] for row in rows(found)] == [("53.10", "USD"), ("21.10", "USD"), ("5.30", "USD")]


def test_plugins_of_woocommerce_export_addresses(files: Files) -> None:
    """And what was refunded of an order; a guest is no user."""
    found = files.read(WOOCOMMERCE, of("woocommerce", time_zone=BERLIN, mapping={"user_id": "customer_id"}))
    other = files.read(ADVANCED_ORDER_EXPORT, of("woocommerce", time_zone=BERLIN, currency="EUR"))

    assert rows(found) == [
        ("1017", "ann@x.example", "03-30 12:05", "84.90", "EUR", ""),
        ("1018", "bob@x.example", "03-31 12:05", "10.00", "EUR", ""),
        ("1018-refund", "bob@x.example", "03-31 12:05", "10.00", "EUR", "1018"),
    ]
    assert [each.user_id for each in found.conversions] == ["", "5", "5"]
    assert rows(other) == [("1017", "ann@x.example", "03-30 12:05", "84.90", "EUR", "")]


def test_the_report_of_woocommerce_has_a_row_for_each_refund(files: Files) -> None:
    """With the number of its order; without addresses it is of no use."""
    found = files.read(WOOCOMMERCE_REPORT, of("woocommerce", time_zone=BERLIN, currency="EUR"))
    problems = files.problems(WOOCOMMERCE_REPORT.replace(',"Email"', ""), of("woocommerce", currency="EUR"))

    assert rows(found) == [
        ("1001", "ann@x.example", "03-30 12:05", "84.90", "EUR", ""),
        ("1001-refund-2025-04-02 10:00:00", "ann@x.example", "04-02 08:00", "-4.90", "EUR", "1001"),
    ]
    assert "export the orders with a plugin" in problems[0]


def test_stripe_s_times_are_in_utc(files: Files) -> None:
    """Whatever zone is named; a refund has a day of its own, and what failed is no payment."""
    found = files.read(STRIPE, of("stripe", time_zone=BERLIN))

    assert rows(found) == [
        ("ch_1", "ann@x.example", "03-30 12:05", "49.00", "EUR", ""),
        ("ch_2", "bob@x.example", "03-31 12:05", "20.00", "EUR", ""),
        ("ch_2-refund", "bob@x.example", "04-02 09:00", "5.00", "EUR", "ch_2"),
    ]
    assert found.left_out == {"status Failed": 1}


def test_of_paypal_s_activities_payments_and_refunds_count(files: Files) -> None:
    """A refund names its payment, and is not of its sender, the shop; holds and withdrawals are nothing."""
    reading = of("paypal", decimal="point", date_format=DateFormat("MM/DD/YYYY"))

    found = files.read(PAYPAL, reading)

    assert rows(found) == [
        ("1AB", "ann@x.example", "03-30 12:05", "1500.00", "USD", ""),
        ("3CD", "", "03-31 12:05", "-500.00", "USD", "1AB"),
    ]
    assert found.left_out == {
        "type General Withdrawal": 1,
        "type Reversal of General Account Hold": 1,
        "type PreApproved Payment Bill User Payment, paid by you": 1,
        "status Pending": 1,
    }


def test_paypal_writes_as_its_user_s_country(files: Files) -> None:
    """So days and decimals have to be named; German titles are known."""
    problems = files.problems(PAYPAL, of("paypal"))
    found = files.read(PAYPAL_GERMAN, of("paypal", decimal="comma", date_format=DateFormat("DD.MM.YYYY")))

    assert ["--date-format" in problems[0], "--decimal" in problems[1]] == [True, True]
    assert rows(found) == [
        ("1AB", "ann@x.example", "03-30 12:05", "1500.00", "EUR", ""),
        ("3CD", "", "03-31 12:05", "-500.00", "EUR", "1AB"),
    ]


@pytest.mark.parametrize(
    ("shop", "content", "reading", "expected"),
    [
        (
            "activecampaign-deals",
            DEALS,
            {"time_zone": BERLIN},
            [("12", "ann@x.example", "03-30 12:05", "1500.00", "USD", "")],
        ),
        (
            "magento",
            MAGENTO,
            {"time_zone": BERLIN, "currency": "EUR", "date_format": DateFormat("MMM D, YYYY h:mm:ss A")},
            [
                ("000000001", "ann@x.example", "03-30 12:05", "219.40", "EUR", ""),
                ("000000002", "bob@x.example", "03-31 12:05", "20.00", "EUR", ""),
                ("000000002-refund", "bob@x.example", "03-31 12:05", "20.00", "EUR", "000000002"),
            ],
        ),
        (
            "bigcommerce",
            BIGCOMMERCE,
            {"time_zone": BERLIN, "date_format": DateFormat("DD/MM/YYYY")},
            [("101", "ann@x.example", "03-30 12:05", "84.90", "AUD", "")],
        ),
    ],
)
def test_other_exports_are_known(
    files: Files, shop: str, content: str, reading: dict[str, object], expected: list[Row]
) -> None:
    """By their titles and statuses."""
    assert rows(files.read(content, of(shop, **reading))) == expected


@pytest.mark.parametrize(
    ("shop", "content"),
    [
        ("shopify", SHOPIFY),
        ("woocommerce", WOOCOMMERCE),
        ("stripe", STRIPE),
        ("paypal", PAYPAL),
        ("magento", MAGENTO),
        ("bigcommerce", BIGCOMMERCE),
    ],
)
def test_an_export_that_is_known_is_recognised(files: Files, shop: str, content: str) -> None:
    """Without --from it is refused, and named."""
    assert files.problems(content)[-1].endswith(f": say --from {shop}.")


def test_another_export_than_the_one_named_is_refused(files: Files) -> None:
    """With the columns that are missing, and those that there are."""
    problems = files.problems(STRIPE, of("shopify"))

    assert problems[0].startswith("line 1: Shopify's orders export would have a column Name, this has none")
    assert problems[-1].startswith("The first row has id, Description")


def test_a_status_may_be_done_without(files: Files) -> None:
    """If the user says that every row counts."""
    without = "\n".join(line.replace("Paid,", "").replace("Status,", "") for line in STRIPE.splitlines()[:2])

    problems = files.problems(without, of("stripe"))
    found = files.read(without, of("stripe", mapping={"status": ""}))

    assert "--map status= if every row counts" in problems[0]
    assert [each.value for each in found.conversions] == [Decimal("49.00")]
