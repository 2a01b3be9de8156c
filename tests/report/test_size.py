"""The size of the file: small enough to be sent by e-mail, however many campaigns there are."""

from dataclasses import replace
from decimal import Decimal

from sendtrail.report.attributed import Attributed, Counting, Earned, Period
from sendtrail.report.attribution_models import NAMES
from sendtrail.report.document import page
from sendtrail.report.figures import Campaign, Figures, Link, Sent
from sendtrail.report.payload import ReportContext
from tests.report.samples import NOW

MEGABYTE = 1_000_000
CAMPAIGNS, PERIODS_EACH = 2_000, 6
CONTEXT = ReportContext(made_at=NOW, model="last_touch")


def test_a_report_of_an_ordinary_account_is_small(figures: Figures) -> None:
    """Most of it is the charting library."""
    assert len(page(figures, CONTEXT).encode()) <= 1.5 * MEGABYTE


def test_two_thousand_campaigns_are_at_most_four_megabytes(figures: Figures) -> None:
    """Each with links, and with earnings in six periods on which no two models agree."""
    months = [f"{year}-{month:02}" for year in (2023, 2024, 2025) for month in range(1, 13)]
    large = replace(
        figures,
        periods=tuple(
            Period(period=each, kind="month", starts_on=None, ends_on=None, compared_with=None) for each in months
        ),
        sent=Sent(campaigns=_campaigns(figures), links=_links()),
        attributed={counting: Attributed(earned=_earned(months)) for counting in Counting},
    )

    assert len(page(large, CONTEXT).encode()) <= 4 * MEGABYTE


def _campaigns(figures: Figures) -> tuple[Campaign, ...]:
    one = figures.sent.campaigns[0]
    return tuple(
        replace(
            one,
            campaign_id=number,
            campaign_name=f"A newsletter with an ordinary name, number {number}",
            subject=f"A subject line of the usual length, of fifty to sixty: {number}",
        )
        for number in range(CAMPAIGNS)
    )


def _links() -> tuple[Link, ...]:
    return tuple(
        Link(
            campaign_id=number,
            link_url=f"https://shop.example/products/a-page-with-a-name-{place}?utm_campaign={number}",
            unique_clicks=number,
            raw_unique_clicks=number,
            click_rate=1 / (number + 1),
            share_of_clickers=1 / (place + 1),
        )
        for number in range(CAMPAIGNS)
        for place in range(5)
    )


def _earned(months: list[str]) -> tuple[Earned, ...]:
    return tuple(
        Earned(
            period=months[(number + turn) % len(months)],
            model=model,
            currency="EUR",
            campaign_id=number,
            conversions=3,
            credit=Decimal(number + place) / 7,
            value=Decimal(1_000 * number + 37 * place) / 100,
        )
        for number in range(CAMPAIGNS)
        for turn in range(PERIODS_EACH)
        for place, model in enumerate(NAMES)
    )
