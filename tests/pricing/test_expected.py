"""What an account's campaigns let expect of its months."""

from datetime import timedelta

from sendtrail.cli.plan import month_sentence
from sendtrail.pricing.examples import MEDIUM
from sendtrail.pricing.expected import expected_workload
from tests.contracts.samples import SPRING
from tests.fakes import NOON

from dataclasses import replace  # isort: skip


def test_a_month_is_expected_to_be_like_the_last_one() -> None:
    """What was sent in 30 days, a thirtieth a day; older campaigns are over."""
    recent = [replace(SPRING, campaign_id=number, counters={"opens": 2_700, "linkclicks": 300}) for number in range(10)]
    old = replace(SPRING, sent_at=NOON - timedelta(days=90), counters={"opens": 1_000_000})

    work = expected_workload([*recent, old], contacts=500, now=NOON)

    assert work is not None
    assert (work.activities, work.contacts, work.campaigns, work.changing) == (1_000, 500, 11, 1)


def test_an_automation_goes_on_as_it_always_did() -> None:
    """Its events are spread over the time since it began, and it changes all the time."""
    automation = replace(SPRING, automation_id="9", sent_at=NOON - timedelta(days=100), counters={"opens": 5_000})

    work = expected_workload([automation], contacts=0, now=NOON)

    assert work is not None
    assert (work.activities, work.changing) == (50, 1)


def test_nothing_is_expected_where_nothing_was_sent() -> None:
    """Nobody knows what an account will do that has sent nothing yet."""
    assert expected_workload([replace(SPRING, counters={})], contacts=10, now=NOON) is None


def test_the_plan_says_what_a_month_costs() -> None:
    """With what is free, and without it."""
    assert "every 6 h: $1.70 once a year is stored, or $11.7" in month_sentence(MEDIUM)
