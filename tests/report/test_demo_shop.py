"""The demo's shop: its report has what real accounts have, and answers a marketer's questions."""

import json
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sendtrail.cli.demo.shop.shop_account import CONVERSIONS_NAME, DATABASE_NAME, write_shop_report
from sendtrail.local.duckdb_reader import read_only
from sendtrail.warehouse.query_result import Query
from tests.fakes import FakeClock

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
MEGABYTE = 1_000_000
CAUSES = {"none", "no_counter", "outside_lookback", "repeats_missing", "machine_opens", "machine_clicks",
          "counter_behind", "deleted_contacts", "false_counter", "unreadable_rows", "unexplained"}  # fmt: skip
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the report of the shop, beside its data."""
    return write_shop_report(tmp_path_factory.mktemp("shop"), seed=1, clock=FakeClock(NOW))


@pytest.fixture(scope="module")
def data(shop: Path) -> dict[str, Any]:
    """Give the data of its page."""
    found = re.search(r'<script id="data" type="application/json">(.*?)</script>', shop.read_text(encoding="utf-8"))
    assert found
    values: dict[str, Any] = json.loads(found[1])
    return values


@pytest.fixture(scope="module")
def query(shop: Path) -> Iterator[Query]:
    """Give what runs a SELECT on its data."""
    with read_only(shop.with_name(DATABASE_NAME)) as run_select:
        yield run_select


def earned(data: dict[str, Any], period: str, counting: str = "human") -> Decimal:
    """Return what e-mails earned in a period, in euros."""
    [row] = [
        row for row in data["attributed"][counting]["totals"] if (row["period"], row["currency"]) == (period, "EUR")
    ]
    return Decimal(str(row["earned_value"]))


def test_it_can_be_sent_by_e_mail(shop: Path) -> None:
    """All of it is one file."""
    assert shop.stat().st_size <= 2.5 * MEGABYTE


def test_machines_make_a_difference_that_shows(data: dict[str, Any]) -> None:
    """To what was earned last month by a tenth and more; so the switch has something to say."""
    assert earned(data, "2026-10", "raw") > earned(data, "2026-10") * Decimal("1.1")


def test_months_can_be_compared(data: dict[str, Any]) -> None:
    """None of the last six is three times as good as the one before, or a third."""
    sums = [earned(data, f"2026-{month:02}") for month in range(5, 11)]

    assert all(before / 3 < after < before * 3 for before, after in pairwise(sums))


def test_every_cause_of_a_gap_is_there(query: Query) -> None:
    """But for the one that depends on the day on which somebody looks."""
    rows = query("SELECT DISTINCT likely_cause FROM marketing_ai.completeness").rows

    assert {row[0] for row in rows} - {"list_behind"} == CAUSES


def test_its_orders_are_of_every_kind(query: Query) -> None:
    """Two kinds of conversions, refunds in part and in whole, two currencies, users and addresses, and no e-mail."""
    columns = "kind, refund_of IS NOT NULL, currency, user_id IS NOT NULL"
    rows = [tuple(row) for row in query(f"SELECT DISTINCT {columns} FROM marketing_ai.conversions").rows]

    assert {row[0] for row in rows} == {"purchase", "workshop booking", "refund"}
    assert {row[2] for row in rows} == {"EUR", "USD", None}
    assert {row[3] for row in rows} == {True, False}


def test_days_sum_to_what_is_stored(data: dict[str, Any], query: Query) -> None:
    """More than fit into a byte on some days, which DuckDB would sort as negative numbers if it guessed."""
    touches = "SELECT MAX(times) AS times FROM marketing_ai.email_activities WHERE event_type = 'open'"
    [row] = query(f"SELECT SUM(times) FROM ({touches} GROUP BY campaign_id, message_id, contact_id)").rows
    days = data["days"]["open"]["raw"]

    assert max(days) > 127
    assert sum(days) == row[0]


def test_paths_have_several_touches(data: dict[str, Any]) -> None:
    """Of up to three campaigns and more."""
    assert max(len(row[data["attributed"]["human"]["paths"]["columns"].index("campaigns")])
               for row in data["attributed"]["human"]["paths"]["rows"]) >= 3  # fmt: skip


def test_one_list_decays_and_automations_earn(data: dict[str, Any]) -> None:
    """The shop's retailers have stopped clicking."""
    worst = max(data["lists"], key=lambda each: each["stopped_share"])

    assert worst["list"] == "Wholesale"
    assert len(data["automations"]) == 4


def test_the_same_seed_is_the_same_shop(shop: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """To the last order, and nothing is odd about it."""
    again = write_shop_report(tmp_path, seed=1, clock=FakeClock(NOW))

    assert again.with_name(CONVERSIONS_NAME).read_bytes() == shop.with_name(CONVERSIONS_NAME).read_bytes()
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING] == []
