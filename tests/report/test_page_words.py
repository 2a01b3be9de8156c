"""What the page says of accounts that are not the ordinary one, in words that a marketer reads at a glance."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sendtrail.report.attributed import ALL_TIME, Attributed, Counting, Earned, PeriodEngagement
from sendtrail.report.attribution_models import MODELS
from sendtrail.report.document import page
from sendtrail.report.figures import Cohort, ContactList, Figures, Recency, Sent
from sendtrail.report.payload import ReportContext
from sendtrail.report.sent_payload import cohort_values
from tests.report.browser import Browse, Visit
from tests.report.samples import NOW

pytestmark = pytest.mark.timeout(600)
MONTH = "2025-10"


def shown(figures: Figures, browse: Browse, folder: Path) -> Visit:
    """Open the report of figures."""
    file = folder / "words.html"
    file.write_text(page(figures, ReportContext(made_at=NOW, model="last_touch")), encoding="utf-8")
    return browse(file)


def earned_once(figures: Figures, value: str | None) -> Figures:
    """Return figures of one campaign that was sent once, clicked once and earned one conversion last month."""
    campaign = replace(figures.sent.campaigns[0], sent=1, delivered=1, bounces=1, unsubscribes=1)
    earned = tuple(
        Earned(period=period, model=model.name, currency=None if value is None else "EUR", conversions=1,
               campaign_id=campaign.campaign_id, credit=Decimal(1), value=None if value is None else Decimal(value))
        for period in (MONTH, ALL_TIME)
        for model in MODELS
    )  # fmt: skip
    month = PeriodEngagement(period=MONTH, campaigns=1, sent=1, delivered=1, bounce_rate=0.0, unsubscribe_rate=0.0,
                             openers=1, raw_openers=1, clickers=1, raw_clickers=1, buyers=1, orders=1)  # fmt: skip
    attributed = dict.fromkeys(Counting, Attributed(earned=earned, engagement=(month,)))
    return replace(figures, sent=Sent(campaigns=(campaign,)), attributed=attributed)


def test_one_is_not_said_to_be_several(figures: Figures, browse: Browse, tmp_path: Path) -> None:
    """Nor does a campaign that alone earned something have others to be compared with."""
    visit = shown(earned_once(figures, None), browse, tmp_path)
    lead, verdict, *_ = visit.texts("#answer p")
    visit.page.evaluate("location.hash = document.querySelector('#campaigns-table a').hash")
    visit.page.wait_for_selector("#campaign:not([hidden])")

    assert "earned the most: 1 conversion under" in lead
    assert verdict == "No other campaign earned anything, so all five models agree."
    assert "1 of 1 e-mail was delivered. Buyers placed 1 order" in visit.page.locator("#funnel-text").text_content()  # type: ignore[operator]
    everything = visit.page.locator("body").inner_text() + str(visit.page.locator("#overview").text_content())
    for wrong in ("1 conversions", "1 e-mails", "1 contacts", "1 orders", "1 campaigns"):
        assert wrong not in everything.replace("\n", " ")


def test_what_earned_nothing_is_not_first(figures: Figures, browse: Browse, tmp_path: Path) -> None:
    """A conversion worth nothing is none of which the most can be earned."""
    visit = shown(earned_once(figures, "0"), browse, tmp_path)

    assert visit.texts("#answer .lead") == ["In October 2025, no e-mail earned anything in EUR."]


def test_an_account_without_campaigns_says_what_to_run(figures: Figures, browse: Browse, tmp_path: Path) -> None:
    """And shows no chart or table of nothing."""
    empty = replace(figures, periods=(), sent=Sent(), days=(), completeness=(), freshness=(), times=(),
                    attributed=dict.fromkeys(Counting, Attributed()))  # fmt: skip
    visit = shown(empty, browse, tmp_path)

    assert visit.texts("#answer p")[0] == "No campaign has been synced yet."
    assert "sendtrail sync" in visit.texts("#answer pre")[0]
    assert visit.texts("#period option") == ["All time"]
    for section in ("#earned", "#links", "#lists", "#quiet", "#automations", "#days", "#funnel", "#paths", "#method"):
        assert visit.page.locator(section).is_hidden()
    assert visit.complaints == []


def test_charts_follow_a_switch_that_was_set_on_a_campaigns_page(file: Path, browse: Browse) -> None:
    """They cannot be drawn while they are hidden, and must not stay as they were."""
    visit = browse(file)
    widths = "[...document.querySelectorAll('#earned-chart .bars .point path')].map(p => p.getAttribute('d')).join()"
    visit.page.check("#raw", force=True)
    with_machines = visit.page.evaluate(widths)
    visit.page.check("#human", force=True)
    visit.page.evaluate("location.hash = 'campaign-1'")
    visit.page.wait_for_selector("#campaign:not([hidden])")
    visit.page.check("#raw", force=True)
    visit.page.click("#campaign a[href='#']")
    visit.page.wait_for_selector("#overview:not([hidden])")

    assert visit.page.evaluate(widths) == with_machines


def test_clicks_without_an_open_show_no_open_rate(figures: Figures, browse: Browse, tmp_path: Path) -> None:
    """Whoever clicked had opened: opens are not tracked then, or cannot be told from a machine's."""
    untracked = replace(figures.sent.campaigns[0], estimated_human_opens=0, open_rate=0.0, unique_clicks=2)
    visit = shown(replace(figures, sent=Sent(campaigns=(untracked,))), browse, tmp_path)
    cells = "#campaigns-table [data-column=opens], #campaigns-table [data-column=open_rate]"

    assert visit.texts(f":is({cells}):is(td)") == ["–", "–"]  # noqa: RUF001  (as it is printed)
    assert visit.texts("#campaigns-table td[data-column=clicks]") == ["2"]


def test_the_most_clicked_link_is_named(file: Path, figures: Figures, browse: Browse) -> None:
    """With its campaign, and the share that is known without machines only where they are left out."""
    visit = browse(file)
    visit.page.select_option("#period", "all")
    best = max(figures.sent.links, key=lambda link: link.unique_clicks)

    assert f"The most clicked is {best.link_url} in" in visit.texts("#links-text")[0]
    assert f"by {best.unique_clicks} contacts, 100% of those" in visit.texts("#links-text")[0]
    visit.page.check("#raw", force=True)
    assert "contacts, machines included." in visit.texts("#links-text")[0]
    assert {text.split("\t")[-1] for text in visit.texts("#links-table tbody tr")} == {"–"}  # noqa: RUF001


def test_who_went_quiet_is_said(figures: Figures, browse: Browse, tmp_path: Path) -> None:
    """In a sentence, of all active contacts and of those that first clicked in the same month."""
    recency = tuple(
        Recency(click_recency=name, contacts=contacts)
        for name, contacts in (("active", 10), ("cold", 40), ("cooling", 20), ("never", 30))
    )
    cohorts = tuple(
        Cohort(cohort=date(2025, month, 1), month=date(2025, 10, 1), cohort_size=size, clickers=clickers,
               retained_share=clickers / size)
        for month, size, clickers in ((7, 50, 20), (8, 50, 5), (9, 2, 0))
    )  # fmt: skip
    visit = shown(replace(figures, sent=replace(figures.sent, recency=recency, cohorts=cohorts)), browse, tmp_path)
    [sentence] = visit.texts("#quiet-text")

    assert "Of 100 active contacts, 40 (40.0%) clicked before and not in the last 90 days" in sentence
    assert "20 more (20.0%) not in the last 30. 30 (30.0%) never clicked." in sentence
    assert "first clicked in August 2025: 5 of 50 (10.0%) in October 2025." in sentence
    assert [text.split("\t")[0] for text in visit.texts("#quiet-table tbody tr")] == [
        "September 2025",
        "August 2025",
        "July 2025",
    ]


def test_cohorts_are_of_the_last_month_that_is_over() -> None:
    """A month of some days would make all of them look quiet."""
    cohorts = [
        Cohort(cohort=date(2025, 9, 1), month=month, cohort_size=4, clickers=1, retained_share=0.25)
        for month in (date(2025, 12, 1), date(2026, 1, 1))
    ]

    assert [row["month"] for row in cohort_values(cohorts, date(2026, 1, 31))] == ["2025-12-01"]


def test_a_list_of_a_few_contacts_does_not_decay_the_most(figures: Figures, browse: Browse, tmp_path: Path) -> None:
    """Of two contacts, one has soon stopped; it is named where no other list has."""
    large = ContactList(list="Newsletter", contacts=100, active=100, unsubscribed=0, bounced=0, clicking=70, cooling=20,
                        cold=10, never_clicked=0, clicking_share=0.7, stopped_share=0.3)  # fmt: skip
    small = replace(large, list="Staff", contacts=2, active=2, clicking=1, cooling=1, cold=0, stopped_share=0.5)
    both = replace(figures, sent=replace(figures.sent, lists=(small, large)))
    alone = replace(figures, sent=replace(figures.sent, lists=(small,)))

    assert "Newsletter" in shown(both, browse, tmp_path).texts("#lists-text")[0]
    assert "1 (50.0%) has clicked before" in shown(alone, browse, tmp_path).texts("#lists-text")[0]


def test_a_command_stays_on_one_line(figures: Figures, browse: Browse, tmp_path: Path) -> None:
    """So that its dashes are not taken for those of a word that was divided."""
    gap = replace(figures.completeness[0], trust="low", gap=9, likely_cause="unexplained",
                  explanation="More is missing: run sendtrail sync --campaign 7 --all, and report it.")  # fmt: skip
    visit = shown(replace(figures, completeness=(gap,)), browse, tmp_path)

    assert visit.texts("#gaps-table code") == ["sendtrail sync --campaign 7 --all"]


def test_a_large_amount_stays_within_its_tile(figures: Figures, browse: Browse, tmp_path: Path) -> None:
    """Whatever its number of digits."""
    visit = shown(earned_once(figures, "98765432.10"), browse, tmp_path)
    overflow = "[...document.querySelectorAll('#tiles dd')].map(e => e.scrollWidth - e.clientWidth)"

    assert visit.texts("#tiles dd")[0].startswith("€98,765,432.10")
    assert max(visit.page.evaluate(overflow)) <= 0
