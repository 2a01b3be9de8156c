"""A month's bill: free tiers, the targets that the project has set itself, and the page that says what it costs."""

import re
from dataclasses import replace

import pytest

from deploy.costs import PAGE, renewed
from sendtrail.delivery.fair_share import DELIVERIES_AN_ACCOUNT
from sendtrail.entrypoints.dispatch_accounts import ACCOUNTS_AT_ONCE
from sendtrail.entrypoints.settings import FunctionSettings
from sendtrail.pricing.bill import bill
from sendtrail.pricing.examples import EXAMPLES, MEDIUM
from sendtrail.pricing.month import (
    ACCOUNTS_AN_INSTANCE,
    CONDITIONS,
    DISPATCHED_AT_ONCE,
    MEBIBYTE,
    METRIC_BYTES_A_DELIVERY,
    METRIC_BYTES_A_MERGE,
    SCHEDULES,
    month,
)
from sendtrail.pricing.unit_prices import DAYS_A_MONTH, PRICES, Unit
from sendtrail.pricing.workload import Workload
from tests.terraform.workspace import REPOSITORY

TERRAFORM = REPOSITORY / "terraform"
MOST_AN_ACCOUNT = 10.0
FLEET = EXAMPLES["20 medium"]


def test_only_what_is_not_free_is_billed() -> None:
    """The first TiB of a month's statements costs nothing, the next one does."""
    assert bill({Unit.STATEMENTS: 0.9}).dollars == 0
    assert bill({Unit.STATEMENTS: 3.0}).dollars == 12.5
    assert bill({Unit.STATEMENTS: 3.0}, has_free_tier=False).dollars == 18.75


def test_old_rows_take_what_young_ones_leave_of_the_free_storage() -> None:
    """Ten GiB are free once, whatever their age."""
    assert bill({Unit.STORAGE: 4, Unit.OLD_STORAGE: 10}).dollars == pytest.approx(4 * 0.01)


def test_every_unit_has_a_price_and_its_source() -> None:
    """A price without a page cannot be checked."""
    assert PRICES.keys() == set(Unit)
    assert all(price.source.startswith("https://cloud.google.com/") for price in PRICES.values())


def test_one_account_of_half_a_million_activities_a_day_costs_ten_dollars_at_most() -> None:
    """With a year of history, and everything counted."""
    assert month(MEDIUM).dollars <= MOST_AN_ACCOUNT


def test_twenty_accounts_cost_twenty_times_as_much_at_most() -> None:
    """Also where other projects use up what is free, which one account has for itself otherwise."""
    assert month(FLEET).dollars <= 20 * MOST_AN_ACCOUNT
    assert month(FLEET, has_free_tier=False).dollars <= 20 * month(MEDIUM, has_free_tier=False).dollars


@pytest.mark.parametrize("work", [MEDIUM, FLEET], ids=["one", "twenty"])
def test_dispatching_every_hour_costs_twice_as_much_at_most(work: Workload) -> None:
    """Of what so many accounts may cost, and of what they cost every six hours, where nothing is free."""
    hourly = replace(work, every_h=1.0)

    assert month(hourly).dollars <= 2 * work.accounts * MOST_AN_ACCOUNT
    assert month(hourly, has_free_tier=False).dollars <= 2 * month(work, has_free_tier=False).dollars


def test_dispatching_twenty_accounts_every_hour_costs_twice_the_bill_at_most() -> None:
    """What is free is little of it; of one account's bill it is nearly all."""
    assert month(replace(FLEET, every_h=1.0)).dollars <= 2 * month(FLEET).dollars


@pytest.mark.parametrize(("every_h", "times"), [(1, 6), (2, 6), (3, 4), (4, 6), (6, 4), (8, 3), (12, 2)])
def test_what_is_stored_is_compared_six_times_a_day_at_most(every_h: float, times: int) -> None:
    """However often the campaigns are dispatched."""
    assert replace(MEDIUM, every_h=every_h).counts == times


@pytest.mark.parametrize(("groups", "dollars"), [(1, 0.0), (2, 0.0), (4, 0.2), (12, 1.0)])
def test_groups_beyond_the_first_are_a_job_each(groups: int, dollars: float) -> None:
    """Cloud Scheduler bills every job beyond three: the campaigns', the contacts', and those of further groups."""
    lines = {line.unit: line for line in month(replace(FLEET, groups=groups)).lines}

    assert lines[Unit.SCHEDULES].used == 1 + groups
    assert lines[Unit.SCHEDULES].dollars == pytest.approx(dollars)


def test_a_metric_has_a_point_a_minute_at_most() -> None:
    """However many lines are logged in it, of no series of an account."""
    work = replace(MEDIUM, every_h=1.0)
    (used,) = [line.used for line in month(work).lines if line.unit == Unit.METRICS]
    minutes_a_day = used * MEBIBYTE / DAYS_A_MONTH / (METRIC_BYTES_A_DELIVERY + METRIC_BYTES_A_MERGE)

    assert work.merges > 24 * 60
    assert work.reading_s / 60 < minutes_a_day < 24 * 60


def test_groups_call_the_dispatcher_and_start_instances_each() -> None:
    """What is read in groups takes more instances in all than what is read side by side."""
    together, apart = (month(replace(FLEET, groups=groups)) for groups in (1, 4))

    for unit in (Unit.PROCESSOR, Unit.REQUESTS):
        used = [line.used for bill in (together, apart) for line in bill.lines if line.unit == unit]
        assert used[0] < used[1]


def test_the_page_has_the_prices_of_today() -> None:
    """Run `make docs` after a change of the model."""
    page = PAGE.read_text(encoding="utf-8")

    assert renewed(page) == page


def test_the_page_on_performance_names_the_same_bills() -> None:
    """No command renews that page: it has one account, every six hours and every hour, and twenty accounts."""
    page = (PAGE.parent / "performance.md").read_text(encoding="utf-8")
    ratio = month(replace(FLEET, every_h=1.0)).dollars / month(FLEET).dollars

    for dollars in (month(each).dollars for each in (MEDIUM, replace(MEDIUM, every_h=1.0), FLEET)):
        assert f"${dollars:.2f}" in page
    assert f"| {ratio:.2f}, at most 2 |" in page


def test_the_model_counts_what_terraform_makes() -> None:
    """Conditions of alerts and schedules are billed each."""
    alerts = (TERRAFORM / "alerts.tf").read_text(encoding="utf-8")
    schedules, _, _ = (TERRAFORM / "scheduler.tf").read_text(encoding="utf-8").partition("  group_schedules = {")

    of_all, of_stored_views = alerts.split("\n  stored_views_alerts = {")

    assert len(re.findall(r"^      title +=", of_all, re.MULTILINE)) == CONDITIONS
    assert len(re.findall(r"^      title +=", of_stored_views, re.MULTILINE)) == 1
    assert len(re.findall(r"^      cron +=", schedules, re.MULTILINE)) == SCHEDULES


def test_the_model_has_the_defaults_of_the_functions() -> None:
    """What is merged when, and how many accounts share an instance."""
    fields = FunctionSettings.model_fields

    for name in ("flush_rows", "flush_s", "budget_block"):
        assert getattr(MEDIUM, name) == fields[name].default
    assert DISPATCHED_AT_ONCE == ACCOUNTS_AT_ONCE
    assert "min(16, local.deliveries)" in (TERRAFORM / "functions.tf").read_text(encoding="utf-8")
    assert ACCOUNTS_AN_INSTANCE * DELIVERIES_AN_ACCOUNT == 16
