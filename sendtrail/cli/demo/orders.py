"""What the simulated account's users bought after its e-mails, and the report about it."""

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from sendtrail.cli.conversions import load_conversions
from sendtrail.cli.report import write_report
from sendtrail.cli.settings.load_settings import LoadSettings
from sendtrail.cli.settings.report_settings import ReportSettings
from sendtrail.clock import Clock

TITLES = ("order_id", "email", "ordered_at", "amount", "currency", "event")
BUYERS = 0.06  # of those who clicked, for each campaign and for each that they had clicked before
MAX_EAGER = 4
STRANGERS = 0.35  # orders that no click came before, for each that one did
CURRENCIES = ("EUR", "EUR", "EUR", "USD")
REPORT_NAME, CSV_NAME = "report.html", "conversions.csv"


@dataclass(frozen=True, kw_only=True, slots=True)
class Click:
    """A click of the simulated account: who, on which campaign's link, when (aware)."""

    campaign_id: int
    email: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """An order; its time is aware, `cents` are those of its currency."""

    email: str
    at: datetime
    cents: int
    currency: str
    event: str

    @property
    def cells(self) -> tuple[str, ...]:
        """Return it as a row of the file; the same order always has the same ID."""
        cells = (
            self.email,
            self.at.isoformat(),
            f"{self.cents // 100}.{self.cents % 100:02}",
            self.currency,
            self.event,
        )
        digest = hashlib.sha256("|".join(cells).encode()).hexdigest()
        return (f"order-{digest[:12]}", *cells)


def orders(clicks: Iterable[Click], *, until: datetime) -> list[Order]:
    """Return the orders that follow clicks, hours or days later, and some without a click; always the same ones."""
    firsts: dict[tuple[int, str], datetime] = {}
    for click in clicks:
        if click.email:
            key = (click.campaign_id, click.email)
            firsts[key] = min(click.at, firsts.get(key, click.at))
    clicked: Counter[str] = Counter()
    found: list[Order] = []
    for (campaign_id, email), at in sorted(firsts.items(), key=lambda each: (each[1], each[0])):
        clicked[email] += 1
        found += _after(campaign_id, email, at, clicked=clicked[email])
    return [order for order in found if order.at <= until]


def _after(campaign_id: int, email: str, at: datetime, *, clicked: int) -> Iterator[Order]:
    chance = Random(f"{campaign_id} {email}")  # noqa: S311  (a simulation)
    eagerness = Random(campaign_id).uniform(0.3, 1.7)  # noqa: S311
    if chance.random() >= BUYERS * eagerness * min(clicked, MAX_EAGER):
        return
    later = timedelta(hours=chance.expovariate(1 / 60))
    yield _order(email, (at + later).replace(microsecond=0), chance)
    if chance.random() < STRANGERS:
        yield _order(f"guest-{chance.getrandbits(40):x}@shop.example", (at + later * 2).replace(microsecond=0), chance)


def _order(email: str, at: datetime, chance: Random) -> Order:
    # By the address, so that one person buys in one currency.
    currency = CURRENCIES[hashlib.sha256(email.encode()).digest()[0] % len(CURRENCIES)]
    cents = round(chance.lognormvariate(8.4, 0.7))
    return Order(email=email, at=at, cents=cents, currency=currency, event="purchase")


def write_demo_report(clicks: Iterable[Click], *, database: Path, organization: str, clock: Clock) -> Path:
    """Load the orders that followed these clicks, write the report beside the database, and return its file."""
    found = orders(clicks, until=clock.now())
    if found:
        file = database.with_name(CSV_NAME)
        _write(file, found)
        settings = LoadSettings.read({"database": database, "organization": organization})
        load_conversions(file, settings, clock=clock)
    output = database.with_name(REPORT_NAME)
    return write_report(
        ReportSettings.read({"database": database, "organization": organization, "output": output}), clock=clock
    )


def _write(file: Path, found: Iterable[Order]) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(TITLES)
        writer.writerows(order.cells for order in found)
