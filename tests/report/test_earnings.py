"""What campaigns earned, in each period, currency and model."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.report.attributed import ALL_TIME, Counting, Earned, Period
from sendtrail.report.attribution_models import DEFAULT, NAMES
from sendtrail.report.earnings import MONTHS_SHOWN, currencies, earnings, shown_periods, starting_period, totals
from sendtrail.report.figures import Figures
from sendtrail.warehouse.query_result import Query

SEPTEMBER, OCTOBER = "2025-09", "2025-10"


def earned(campaign_id: int | None, value: str | None, *, period: str = ALL_TIME, model: str = "last_touch",
           currency: str | None = "EUR", credit: str = "1") -> Earned:  # fmt: skip
    """Return what a campaign earned."""
    worth = None if value is None else Decimal(value)
    return Earned(period=period, model=model, currency=currency, campaign_id=campaign_id, conversions=1,
                  credit=Decimal(credit), value=worth)  # fmt: skip


def month(name: str, compared_with: str | None = None) -> Period:
    """Return a month."""
    return Period(period=name, kind="month", starts_on=None, ends_on=None, compared_with=compared_with)


def test_the_rank_goes_by_value_then_credit_and_equals_share_one() -> None:
    """As in model_comparison; what no e-mail earned has no rank."""
    rows = [earned(1, "5"), earned(2, "9"), earned(3, "5"), earned(4, "5", credit="0.5"), earned(None, "99")]

    found = {each.campaign_id: each.rank.get("last_touch") for each in earnings(rows)}

    assert found == {2: 1, 1: 2, 3: 2, 4: 4, None: None}


def test_currencies_are_never_added() -> None:
    """Each has its own totals, ranks and place in the list."""
    rows = [earned(1, "5"), earned(1, "7", currency="USD"), earned(2, "1"), earned(3, None, currency=None)]

    sums = {each.currency: each.value for each in totals(earnings(rows))}

    assert sums == {"EUR": Decimal(6), "USD": Decimal(7), None: None}
    assert currencies(totals(earnings(rows))) == ["EUR", "USD", None]


def test_a_total_includes_what_e_mails_earned_of_it() -> None:
    """What no e-mail earned is in the whole, and not in the part."""
    (total,) = totals(earnings([earned(1, "5"), earned(None, "7")]))

    assert (total.value, total.earned_value) == (Decimal(12), Decimal(5))
    assert (total.conversions, total.earned_conversions) == (Decimal(2), Decimal(1))


@pytest.mark.parametrize(
    ("months", "today", "start"),
    [
        ([SEPTEMBER, OCTOBER], date(2025, 10, 15), SEPTEMBER),
        ([SEPTEMBER, OCTOBER], date(2025, 12, 15), OCTOBER),
        (["2024-12"], date(2025, 1, 31), "2024-12"),
        ([], date(2025, 1, 31), ALL_TIME),
    ],
)
def test_the_report_begins_with_last_month(months: list[str], today: date, start: str) -> None:
    """Or with the newest month in which anything converted."""
    sums = totals(earnings([earned(1, "5", period=each) for each in months]))

    assert starting_period(sums, [month(each) for each in [*months, "2025-12"]], today) == start


def test_the_oldest_months_are_left_out_and_nothing_is_compared_with_them() -> None:
    """An account may have ten years of them."""
    names = [f"{year}-{number:02}" for year in (2022, 2023, 2024) for number in range(1, 13)]
    found = shown_periods([month(name, before) for before, name in zip([None, *names], names, strict=False)])

    assert [each.period for each in found] == names[-MONTHS_SHOWN:]
    assert [each.compared_with for each in found] == [None, *names[-MONTHS_SHOWN:-1]]


ROWS = st.builds(
    earned,
    st.sampled_from([None, 1, 2, 3]),
    st.decimals(min_value=-1000, max_value=1000, places=2).map(str),
    period=st.sampled_from([SEPTEMBER, OCTOBER]),
    model=st.sampled_from(NAMES),
    currency=st.sampled_from(["EUR", "USD"]),
)


@given(st.lists(ROWS))
def test_what_campaigns_earned_sums_to_the_total_of_each_period(rows: list[Earned]) -> None:
    """Whatever was earned: nothing is lost, and nothing in another currency is added."""
    for total in totals(earnings(rows)):
        mine = [each for each in rows if (each.period, each.currency) == (total.period, total.currency)]
        values = [each.value for each in mine if each.model == DEFAULT and each.value is not None]
        assert (total.value or 0) == sum(values, Decimal(0))


def test_the_ranks_are_those_of_the_view(query: Query, figures: Figures) -> None:
    """All time's of the sample account against model_comparison."""
    columns = ", ".join(f"{model}_rank, {model}_value" for model in NAMES)
    rows = query(f"SELECT currency, campaign_id, {columns} FROM marketing_ai.model_comparison").rows
    expected = {(row[0], row[1]): list(row[2:]) for row in rows}

    found = earnings(figures.attributed[Counting.HUMAN].earned)

    assert {
        (each.currency, each.campaign_id): [part for m in NAMES for part in (each.rank.get(m), each.value.get(m))]
        for each in found
        if each.period == ALL_TIME
    } == expected
