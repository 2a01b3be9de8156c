"""A small account with conversions in two currencies, and one campaign whose name is an attack."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from sendtrail.domain.activity import EventType
from sendtrail.domain.conversion import Conversion
from sendtrail.domain.work_item import WorkItem
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.warehouse.rows import ActivityRow, Batch, CampaignRow, Table, conversion_row
from tests.contracts.samples import activities, campaign, campaigns, opened

NOW = datetime(2025, 11, 23, 9, tzinfo=UTC)
ATTACK = '<img src="http://evil.example/x" onerror="window.attacked=1"></script><script>window.attacked=1</script>'
NAMES = {1: "Welcome", 2: ATTACK, 3: "Autumn sale & more", 4: "Reminder"}
SENT = {1: datetime(2025, 9, 25, 8, tzinfo=UTC), 2: datetime(2025, 10, 1, 8, tzinfo=UTC),
        3: datetime(2025, 10, 10, 8, tzinfo=UTC), 4: datetime(2025, 11, 3, 8, tzinfo=UTC)}  # fmt: skip
PEOPLE = [f"person{number}@secret.example" for number in range(12)]
SCANNED = "scanned@secret.example"
DAY = timedelta(days=1)


def campaign_rows() -> list[CampaignRow]:
    """Return the campaigns; ActiveCampaign verified 9 of 12 openers of each."""
    counters = {"send_amt": 100, "opens": 12, "uniqueopens": 12, "verified_unique_opens": 9, "verified_opens": 9,
                "linkclicks": 6, "uniquelinkclicks": 6, "subscriberclicks": 6, "hardbounces": 0, "softbounces": 0,
                "unsubscribes": 0, "uniqueforwards": 0, "forwards": 0}  # fmt: skip
    return [
        campaign(campaign_id=number, name=name, sent_at=SENT[number], counters=counters, at=NOW)
        for number, name in NAMES.items()
    ]


def activity_rows() -> Iterator[ActivityRow]:
    """Yield twelve opens and six clicks of each campaign, and what a scanner clicked in the second when it was sent."""
    yield opened(campaign_id=2, contact_id="13", contact_email=SCANNED, activity_timestamp=SENT[2] + DAY / 8640,
                 event_type=EventType.CLICK, link_id="9", link_url="https://shop.example")  # fmt: skip
    for number in NAMES:
        for place, email in enumerate(PEOPLE):
            who: dict[str, Any] = {"campaign_id": number, "contact_id": str(place + 1), "contact_email": email}
            at = SENT[number] + DAY / 2 + place * DAY
            yield opened(**who, activity_timestamp=at)
            if place % 2 == number % 2:
                yield opened(
                    **who,
                    activity_timestamp=at + DAY / 24,
                    event_type=EventType.CLICK,
                    link_id="9",
                    link_url="https://shop.example",
                )


def conversions() -> list[Conversion]:
    """Return orders of September to November: after one click, two, none, and a machine's; one without a value."""
    numbers = count(1)

    def order(person: int, at: datetime, value: str, currency: str = "EUR") -> Conversion:
        email = [*PEOPLE, SCANNED, "stranger@secret.example"][person]
        worth = Decimal(value) if value else None
        return Conversion(conversion_id=f"o{next(numbers)}", user_id="", email=email, converted_at=at, value=worth,
                          currency=currency if value else "", kind="order")  # fmt: skip

    october = datetime(2025, 10, 20, 12, tzinfo=UTC)
    return [
        order(1, SENT[1] + 5 * DAY, "19.99"),
        order(0, october, "100.10"),
        order(2, october, "33.33"),
        order(4, october, "250.00", "USD"),
        order(1, october, "180.00"),
        order(3, october, "45.50"),
        order(12, october, "410.00"),
        order(13, october, "500.00"),
        order(6, october, ""),
        order(8, datetime(2025, 11, 15, tzinfo=UTC), "12.00"),
    ]


def make_database(path: Path, *, has_conversions: bool = True, organization: str = "acme") -> Path:
    """Make a database that holds the account, with its views."""
    with DuckDbWarehouse(path) as warehouse:
        warehouse.merge(campaigns(*campaign_rows()))
        warehouse.merge(activities(*activity_rows()))
        if has_conversions:
            warehouse.merge(_batch(organization))
    return path


def _batch(organization: str) -> Batch:
    return Batch(
        item=WorkItem(organization_id=organization, run_id="load", subject="conversions", sequence=1),
        table=Table.CONVERSIONS,
        number=0,
        delivery="one",
        rows=[conversion_row(each, organization_id=organization, now=NOW) for each in conversions()],
    )
