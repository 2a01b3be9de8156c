"""The orders of the simulated account, and the report that the demo ends with."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sendtrail.cli.demo.orders import Click, orders, write_demo_report
from sendtrail.local.duckdb_reader import read_only
from tests.fakes import FakeClock
from tests.report.samples import NOW, make_database

START = datetime(2025, 10, 1, tzinfo=UTC)
CLICKS = [
    Click(campaign_id=number, email=f"c{person}@example.com", at=START + timedelta(days=number, minutes=person))
    for number in range(6)
    for person in range(400)
]


@pytest.fixture(autouse=True)
def _no_settings_from_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Leave the developer's own `.env` out of it."""
    monkeypatch.chdir(tmp_path)


def test_the_same_clicks_lead_to_the_same_orders() -> None:
    """In whatever order they are read, and however often each."""
    assert orders(CLICKS, until=NOW) == orders([*CLICKS[::-1], *CLICKS], until=NOW)


def test_orders_are_plausible() -> None:
    """Some who click buy later, some buy without a click; in two currencies, each order with an id of its own."""
    found = orders(CLICKS, until=NOW)
    first_clicks = {click.email: click.at for click in reversed(CLICKS)}
    after_click = [order for order in found if order.email in first_clicks]

    assert 0.02 < len(after_click) / len(CLICKS) < 0.6
    assert 0 < len(found) - len(after_click) < len(after_click)
    assert {order.currency for order in found} == {"EUR", "USD"}
    assert all(order.at > first_clicks[order.email] for order in after_click)
    assert all(order.cents > 0 for order in found)
    assert len({order.cells for order in found}) == len({order.cells[0] for order in found}) == len(found)


def test_nothing_is_ordered_that_has_not_happened_yet() -> None:
    """Orders after the present are left out."""
    until = START + timedelta(days=3)

    assert max(order.at for order in orders(CLICKS, until=until)) <= until


def test_the_demo_ends_with_a_report_of_what_it_loaded(tmp_path: Path) -> None:
    """The orders are in the file beside the database, and in the database."""
    database = make_database(tmp_path / "demo.duckdb", has_conversions=False)

    file = write_demo_report(CLICKS, database=database, organization="acme", clock=FakeClock(NOW))

    with (tmp_path / "conversions.csv").open(encoding="utf-8") as opened, read_only(database) as look:
        ids = {row["order_id"] for row in csv.DictReader(opened)}
        assert ids == {row[0] for row in look("SELECT conversion_id FROM marketing_ai.conversions").rows}
    assert file == tmp_path / "report.html"
    assert "plotly" in file.read_text(encoding="utf-8")


def test_an_account_without_clicks_has_a_report_too(tmp_path: Path) -> None:
    """Without conversions."""
    database = make_database(tmp_path / "demo.duckdb", has_conversions=False)

    assert write_demo_report([], database=database, organization="acme", clock=FakeClock(NOW)).is_file()
