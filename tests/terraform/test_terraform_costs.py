"""The costs in docs/deploy.md follow from its formula, its prices and the settings' defaults."""

import re
from dataclasses import dataclass
from math import ceil

import pytest

from benchmarks.bigquery_price import KEY_BYTES
from sendtrail.domain.connection import DEFAULT_REQUESTS_PER_SECOND
from sendtrail.domain.request_rate import HEADROOM
from sendtrail.entrypoints.settings import FunctionSettings
from tests.terraform.workspace import REPOSITORY

DAYS = 30
# Today and yesterday, and the day before in one delivery of four: the one that goes back by the whole overlap.
DAYS_TOUCHED = 2.25
# What is stored is counted once a week: all rows that do not expire before the next count.
COUNTS = 4.3
DAYS_COUNTED = 715
# Before reports are looked at again, the rows of the last 32 days are counted: in each of four runs a day, of all
# accounts at once.
LOOKS = 4
DAYS_LOOKED_AT = 32
# What the times of an account's rows mean is observed once a day, in the rows of 30 days.
DAYS_OBSERVED = 30
# Accounts are dispatched together, and an instance has threads for the deliveries of four.
ACCOUNTS_AN_INSTANCE = 4
DOCUMENT = (REPOSITORY / "docs" / "deploy.md").read_text(encoding="utf-8")
ALERTS = len(
    re.findall(r"^      title +=", (REPOSITORY / "terraform" / "alerts.tf").read_text(encoding="utf-8"), re.MULTILINE)
)
FLUSH_S = FunctionSettings.model_fields["flush_s"].default


@dataclass(frozen=True, kw_only=True, slots=True)
class Accounts:
    """Some accounts of one size: activities, deliveries and statements are a day's, of each."""

    number: int
    activities: int
    contacts: int
    campaigns: int
    deliveries: int
    flush_s: float = FLUSH_S

    @property
    def requests(self) -> float:
        """Return the requests a day to each account."""
        return self.activities / 20 + 2 * self.deliveries + 5 * self.campaigns / 100 + self.contacts / 100

    @property
    def seconds(self) -> float:
        """Return the seconds a day that each account is read."""
        return self.requests * (1 + HEADROOM) / DEFAULT_REQUESTS_PER_SECOND

    @property
    def statements(self) -> float:
        """Return the MERGEs of activities a day for each account."""
        return self.deliveries + 4 * self.seconds / self.flush_s


SMALL = {"number": 1, "activities": 20_000, "contacts": 10_000, "campaigns": 100, "deliveries": 40}
MEDIUM = {"number": 1, "activities": 500_000, "contacts": 50_000, "campaigns": 1_000, "deliveries": 240}
LARGE = {**MEDIUM, "number": 4}


@pytest.mark.parametrize(("column", "size"), list(enumerate([SMALL, MEDIUM, LARGE])))
def test_a_month_costs_what_the_document_says(column: int, size: dict[str, int]) -> None:
    """The table's last row is the formula's result."""
    (row,) = [line for line in DOCUMENT.splitlines() if line.startswith("| **a month**")]

    assert row.split("|")[2 + column].strip() == f"**{_cost(Accounts(**size)):.2f}**"


@pytest.mark.parametrize(("name", "size"), [("medium", MEDIUM), ("large", LARGE)])
def test_dispatching_less_often_saves_what_the_document_says(name: str, size: dict[str, int]) -> None:
    """The saving that is promised is the formula's, too: twice a day makes half the deliveries."""
    seldom = {**size, "deliveries": size["deliveries"] // 2}

    assert f"{name} {_cost(Accounts(**seldom)):.2f}" in DOCUMENT


def test_twenty_accounts_cost_what_the_document_says() -> None:
    """What is billed grows with their number, not with its square; free tiers count once."""
    assert f"twenty medium ones cost {_cost(Accounts(**{**MEDIUM, 'number': 20})):.2f}" in DOCUMENT


def test_the_document_counts_the_alerts() -> None:
    """Each has one condition, and is billed."""
    assert f"| Monitoring, alerts | {ALERTS} conditions |" in DOCUMENT


def _cost(accounts: Accounts) -> float:
    alerts, keys = ALERTS * 0.10, 0.06 * max(0, accounts.number - 6)
    return _run(accounts) + _statements(accounts) + _storage(accounts) + _firestore(accounts) + alerts + keys


def _run(accounts: Accounts) -> float:
    seconds = DAYS * ceil(accounts.number / ACCOUNTS_AN_INSTANCE) * accounts.seconds
    return max(0, seconds - 180_000) * 0.000024 + max(0, seconds - 360_000) * 0.0000025


def _statements(accounts: Accounts) -> float:
    activities = accounts.statements * (max(10e6, DAYS_TOUCHED * accounts.activities * KEY_BYTES) + 10e6)
    contacts = (2 * ceil(accounts.contacts / 5_000) + 2) * (max(10e6, accounts.contacts * 500) + 20e6)
    counts = COUNTS * max(10e6, accounts.number * DAYS_COUNTED * accounts.activities * 26)
    looks = LOOKS * max(10e6, accounts.number * DAYS_LOOKED_AT * accounts.activities * 55)
    observed = max(10e6, DAYS_OBSERVED * accounts.activities * 85)
    merged = DAYS * (accounts.number * (activities + contacts + observed + 100e6) + looks)
    return max(0, (merged + counts) / 2**40 - 1) * 6.25


def _storage(accounts: Accounts) -> float:
    a_day = accounts.number * accounts.activities * 400 / 2**30
    recent, older = 90 * a_day, 640 * a_day
    return max(0, recent - 10) * 0.02 + max(0, older - max(0, 10 - recent)) * 0.01


def _firestore(accounts: Accounts) -> float:
    of_each = accounts.requests / 10 + 4 * accounts.statements + accounts.seconds / 10 + 3 * accounts.deliveries
    writes, reads = accounts.number * of_each, accounts.number * (of_each + 4 * accounts.campaigns)
    return DAYS * (max(0, writes - 20_000) * 0.09 + max(0, reads - 50_000) * 0.03) / 100_000
