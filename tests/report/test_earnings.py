"""What campaigns earned, in each period, currency and model."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.report.attribution_models import NAMES
from sendtrail.report.earnings import ALL_TIME, currencies, earnings, periods, starting_period, totals
from sendtrail.report.figures import Counting, Earned, Figures
from sendtrail.warehouse.query_result import Query

SEPTEMBER, OCTOBER = date(2025, 9, 1), date(2025, 10, 1)


def earned(campaign_id: int | None, value: str | None, *, month: date = OCTOBER, model: str = "last_touch",
           currency: str | None = "EUR", credit: str = "1") -> Earned:  # fmt: skip
    """Return what a campaign earned."""
    worth = None if value is None else Decimal(value)
    return Earned(month=month, model=model, currency=currency, campaign_id=campaign_id, conversions=1,
                  credit=Decimal(credit), value=worth)  # fmt: skip


def test_months_are_summed_to_all_time_exactly() -> None:
    """Cents stay cents."""
    rows = [earned(1, "0.10", month=SEPTEMBER), earned(1, "0.20")]

    all_time = next(each for each in earnings(rows) if each.period is ALL_TIME)

    assert all_time.value == {"last_touch": Decimal("0.30")}
    assert (all_time.conversions, all_time.credit) == (2, {"last_touch": Decimal(2)})


def test_the_rank_goes_by_value_then_credit_and_equals_share_one() -> None:
    """As in model_comparison; what no e-mail earned has no rank."""
    rows = [earned(1, "5"), earned(2, "9"), earned(3, "5"), earned(4, "5", credit="0.5"), earned(None, "99")]

    found = {each.campaign_id: each.rank.get("last_touch") for each in earnings(rows) if each.period == OCTOBER}

    assert found == {2: 1, 1: 2, 3: 2, 4: 4, None: None}


def test_currencies_are_never_added() -> None:
    """Each has its own totals, ranks and place in the list."""
    rows = [earned(1, "5"), earned(1, "7", currency="USD"), earned(2, "1"), earned(3, None, currency=None)]

    sums = {each.currency: each.value for each in totals(earnings(rows)) if each.period is ALL_TIME}

    assert sums == {"EUR": Decimal(6), "USD": Decimal(7), None: None}
    assert currencies(totals(earnings(rows))) == ["EUR", "USD", None]


def test_a_total_includes_what_e_mails_earned_of_it() -> None:
    """What no e-mail earned is in the whole, and not in the part."""
    (total,) = [each for each in totals(earnings([earned(1, "5"), earned(None, "7")])) if each.period is ALL_TIME]

    assert (total.value, total.earned_value) == (Decimal(12), Decimal(5))
    assert (total.conversions, total.earned_conversions) == (Decimal(2), Decimal(1))


@pytest.mark.parametrize(
    ("months", "today", "start"),
    [
        ([SEPTEMBER, OCTOBER], date(2025, 10, 15), SEPTEMBER),
        ([SEPTEMBER, OCTOBER], date(2025, 12, 15), OCTOBER),
        ([date(2024, 12, 1)], date(2025, 1, 31), date(2024, 12, 1)),
        ([], date(2025, 1, 31), ALL_TIME),
    ],
)
def test_the_report_begins_with_last_month(months: list[date], today: date, start: date | None) -> None:
    """Or with the newest month in which anything converted."""
    sums = totals(earnings([earned(1, "5", month=month) for month in months]))

    assert starting_period(sums, today) == start


def test_the_newest_months_come_first_and_all_time_last() -> None:
    """As they are offered to choose from."""
    assert periods([earned(1, "1", month=SEPTEMBER), earned(1, "1")]) == [OCTOBER, SEPTEMBER, ALL_TIME]


ROWS = st.builds(
    earned,
    st.sampled_from([None, 1, 2, 3]),
    st.decimals(min_value=-1000, max_value=1000, places=2).map(str),
    month=st.sampled_from([SEPTEMBER, OCTOBER]),
    model=st.sampled_from(NAMES),
    currency=st.sampled_from(["EUR", "USD"]),
)


@given(st.lists(ROWS))
def test_the_months_of_every_model_and_currency_sum_to_all_time(rows: list[Earned]) -> None:
    """Whatever was earned."""
    found = earnings(rows)
    for model in NAMES:
        for currency in ("EUR", "USD"):
            mine = [each for each in found if each.currency == currency]
            whole = sum(each.value.get(model, Decimal(0)) for each in mine if each.period is ALL_TIME)
            assert whole == sum(each.value.get(model, Decimal(0)) for each in mine if each.period is not ALL_TIME)


def test_the_ranks_are_those_of_the_view(query: Query, figures: Figures) -> None:
    """All time's of the sample account against model_comparison."""
    columns = ", ".join(f"{model}_rank, {model}_value" for model in NAMES)
    rows = query(f"SELECT currency, campaign_id, {columns} FROM marketing_ai.model_comparison").rows
    expected = {(row[0], row[1]): list(row[2:]) for row in rows}

    found = earnings(figures.attributed[Counting.HUMAN].earned)

    assert {
        (each.currency, each.campaign_id): [part for m in NAMES for part in (each.rank.get(m), each.value.get(m))]
        for each in found
        if each.period is ALL_TIME
    } == expected
