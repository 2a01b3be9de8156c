"""What the page says beside the ranking: the period before, machines, campaigns' own pages, CSV files, phones."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sendtrail.report.attributed import ALL_TIME, Attributed, Counting, Earned
from sendtrail.report.attribution_models import MODELS
from sendtrail.report.document import page
from sendtrail.report.figures import Automation, Campaign, ContactList, Figures, Sent
from sendtrail.report.payload import ReportContext
from sendtrail.report.sent_payload import shown_url
from sendtrail.warehouse.query_result import Query
from tests.report.browser import Browse, Visit
from tests.report.samples import ATTACK, NOW

pytestmark = pytest.mark.timeout(600)
Write = Callable[[Figures], Path]
CONTEXT = ReportContext(made_at=NOW, model="last_touch")
NAMES = ("=1+1 & more", "حملة الربيع", "新しい茶碗 🍵", "Łódź \u202egnp.exe", "Ελληνικά")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Give what writes a report of other figures."""

    def write(figures: Figures) -> Path:
        file = tmp_path / "other.html"
        file.write_text(page(figures, CONTEXT), encoding="utf-8")
        return file

    return write


def named(figures: Figures, names: tuple[str, ...]) -> Figures:
    """Return figures whose campaigns have these names and earned the same last month."""
    found = figures.attributed[Counting.HUMAN].earned
    one = next(each for each in found if each.campaign_id is not None and each.currency == "EUR")
    earned: list[Earned] = [
        replace(one, period=period, model=model.name, campaign_id=number)
        for period in ("2025-10", ALL_TIME)
        for model in MODELS
        for number in range(len(names))
    ]
    campaigns: list[Campaign] = [
        replace(figures.sent.campaigns[0], campaign_id=number, campaign_name=name) for number, name in enumerate(names)
    ]
    attributed = dict.fromkeys(Counting, Attributed(earned=tuple(earned)))
    return replace(figures, sent=Sent(campaigns=tuple(campaigns)), attributed=attributed)


def select(query: Query, columns: str, source: str) -> list[tuple[Any, ...]]:
    """Return rows of a view of the sample account."""
    return [tuple(row) for row in query(f"SELECT {columns} FROM marketing_ai.{source}").rows]


def earned_in(figures: Figures, period: str, counting: Counting = Counting.HUMAN) -> Decimal:
    """Return what e-mails earned in a period under last touch, in euros."""
    rows = [each for each in figures.attributed[counting].earned if each.campaign_id is not None]
    wanted = (period, "EUR", "last_touch")
    return sum(
        (each.value or Decimal(0) for each in rows if (each.period, each.currency, each.model) == wanted), Decimal(0)
    )


def downloaded(visit: Visit, table: str) -> list[dict[str, str]]:
    """Return the rows of the CSV file of a table."""
    with visit.page.expect_download() as found:
        visit.page.click(f"button.csv[data-table={table}]")
    text = Path(found.value.path()).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_what_was_earned_is_compared_with_the_period_before(figures: Figures, write: Write, browse: Browse) -> None:
    """In a sentence, in each headline figure, and for each campaign."""
    periods = tuple(
        replace(each, compared_with="2025-09") if each.period == "2025-10" else each for each in figures.periods
    )
    visit = browse(write(replace(figures, periods=periods)))

    assert earned_in(figures, "2025-09") == Decimal("19.99")
    assert "€358.93 together, 1695.5% more than before (September 2025: €19.99)." in visit.texts("#compared")[0]
    assert "First in that time: ‘Welcome’ with €19.99." in visit.texts("#compared")[0]  # noqa: RUF001  (as it is printed)
    assert visit.texts("#tiles .change")[0] == "+1695.5% · before: €19.99"
    assert len([text for text in visit.texts("#tiles .change") if "before: " in text]) == len(visit.texts("#tiles dt"))
    assert visit.texts("#earned-table [data-campaign='1'] [data-column=before]") == ["€19.99"]


def test_a_month_that_is_not_over_is_compared_with_as_many_days(file: Path, browse: Browse) -> None:
    """So that the tenth of a month is not compared with a whole one."""
    visit = browse(file)
    visit.page.select_option("#period", "2025-11")

    assert visit.texts("#compared") == ["Before (1 Oct 2025 to 14 Oct 2025), e-mails earned nothing."]
    assert "it is compared with 1 Oct 2025 to 14 Oct 2025" in visit.texts("[data-says=unfinished]")[0]


def test_a_period_without_one_before_says_so(file: Path, browse: Browse) -> None:
    """Nothing is known from before the first activity."""
    visit = browse(file)
    visit.page.select_option("#period", "2025")

    assert "no activity from before is known" in visit.texts("#compared")[0]


def test_what_machines_do_to_the_answer_is_said(file: Path, browse: Browse, figures: Figures) -> None:
    """How much e-mails would have earned if all clicks counted."""
    everything = earned_in(figures, "2025-10", Counting.RAW)

    assert f"would have earned €{everything:,.2f} instead of €358.93" in browse(file).texts("#machines")[0]


def test_of_many_that_tie_three_are_named(figures: Figures, write: Write, browse: Browse) -> None:
    """And how many more there are."""
    lead, *_ = browse(write(named(figures, ("A", "B", "C", "D", "E")))).texts("#answer p")

    assert "‘A’, ‘B’, ‘C’ and 2 more earned the most" in lead  # noqa: RUF001  (as it is printed)


def test_names_in_any_script_are_shown_and_turn_nothing_around(figures: Figures, write: Write, browse: Browse) -> None:
    """Characters that would are left out; a name from right to left is kept apart from what is beside it."""
    visit = browse(write(named(figures, NAMES)))
    shown = visit.page.locator("#campaigns-table tbody th").all_text_contents()

    assert set(shown) == {NAMES[0], f"\u2068{NAMES[1]}\u2069", NAMES[2], "Łódź  gnp.exe", NAMES[4]}
    assert visit.complaints == []


def test_a_csv_file_has_every_row_and_no_formula(figures: Figures, write: Write, browse: Browse) -> None:
    """Numbers as they are, and names that a spreadsheet does not run."""
    many = named(figures, tuple(f"Name {number}" for number in range(40)) + NAMES)
    rows = downloaded(browse(write(many)), "campaigns")

    assert len(rows) == 40 + len(NAMES)
    assert f"'{NAMES[0]}" in {row["Campaign"] for row in rows}
    assert {row["E-mails"] for row in rows} == {str(figures.sent.campaigns[0].sent)}


@pytest.mark.parametrize("table", ["earned", "paths", "links", "campaigns", "trust", "freshness"])
def test_each_table_can_be_downloaded(file: Path, browse: Browse, table: str) -> None:
    """As it is on the page."""
    assert downloaded(browse(file), table)


def test_a_campaign_opens_to_its_own_page_and_back(file: Path, browse: Browse, query: Query) -> None:
    """Its rates and links are the views'; the file stays the same."""
    [(rate,)] = select(query, "click_through_rate", "campaign_engagement WHERE campaign_id = 3")
    links = select(query, "link_url, unique_clicks", "link_engagement WHERE campaign_id = 3")
    visit = browse(file)

    visit.page.click("#campaigns-table [data-campaign='3'] a")
    visit.page.wait_for_selector("#campaign:not([hidden])")
    assert visit.texts("#campaign .campaign-name") == ["Autumn sale & more"]
    assert f"{100 * rate:.1f}%" in visit.texts("#campaign dd")[4]
    assert [tuple(text.split("\t")[:2]) for text in visit.texts("#campaign-links tbody tr")] == [
        (str(url), str(clicks)) for url, clicks in links
    ]
    assert visit.page.locator("#overview").is_hidden()
    visit.page.click("#campaign a[href='#']")
    visit.page.wait_for_selector("#overview:not([hidden])")
    assert visit.requests == [file.as_uri()]


def test_the_attack_has_a_page_too(file: Path, browse: Browse) -> None:
    """And does not run there either."""
    visit = browse(file)
    visit.page.click("#campaigns-table [data-campaign='2'] a")
    visit.page.wait_for_selector("#campaign:not([hidden])")

    assert visit.texts("#campaign .campaign-name") == [ATTACK]
    assert visit.page.evaluate("window.attacked") is None


def test_revenue_per_recipient_is_the_views(file: Path, browse: Browse, query: Query) -> None:
    """Of all time, under last touch."""
    rows = select(query, "campaign_id, value_per_recipient", "revenue_by_campaign WHERE currency = 'EUR'")
    visit = browse(file)
    visit.page.select_option("#period", "all")
    cells = visit.page.locator("#earned-table tr:not(.unearned) [data-column=per-recipient]")
    found = cells.evaluate_all("cells => cells.map(c => [c.parentElement.dataset.campaign, Number(c.dataset.csv)])")

    assert dict(found) == pytest.approx({str(campaign): value for campaign, value in rows})


def test_automations_and_lists_are_told_apart(figures: Figures, write: Write, browse: Browse) -> None:
    """The automation beside the newsletters, and the list of which most have stopped clicking."""
    automation = Automation(automation_id="7", campaigns=1, campaign_names="Welcome", sent=100, delivered=90,
                            open_rate=0.5, click_through_rate=0.25, unsubscribe_rate=0.01)  # fmt: skip
    fresh = ContactList(list="Fresh", contacts=9, active=8, unsubscribed=1, bounced=0, clicking=8, cooling=0, cold=0,
                        never_clicked=0, clicking_share=1.0, stopped_share=0.0)  # fmt: skip
    stale = replace(fresh, list="Stale", clicking=2, cooling=2, cold=4, clicking_share=0.25, stopped_share=0.75)
    welcome = replace(figures.sent.campaigns[0], automation_id="7")
    sent = replace(figures.sent, campaigns=(welcome, *figures.sent.campaigns[1:]), automations=(automation,),
                   lists=(fresh, stale))  # fmt: skip
    visit = browse(write(replace(figures, sent=sent)))

    assert visit.texts("#automations-table tbody tr")[0].split("\t")[2:5] == ["100", "50.0%", "25.0%"]
    assert visit.texts("#automations-table tbody th a") == [welcome.title]
    assert "automations earned" in visit.texts("#automations-text")[0]
    assert "decays the most: of 8 contacts who get its e-mails, 6 (75.0%) have" in visit.texts("#lists-text")[0]
    assert "Stale" in visit.texts("#lists-text")[0]
    visit.page.select_option("#kind", "Automation")
    assert visit.texts("#campaigns-table tbody th") == [welcome.title]


def test_a_phone_begins_with_the_answer_and_folds_the_rest(file: Path, browse: Browse) -> None:
    """What earned the most is open; everything else is one tap away, and drawn then."""
    phone = browse(file, width=390)
    open_ones = phone.page.locator("details.card[open] h2").all_text_contents()

    assert [title.split(" the most")[0] for title in open_ones] == ["Which campaigns earned"]
    phone.page.click("#days summary")
    phone.page.wait_for_selector("#days-chart .bars .point path")
    assert phone.sideways() == 0


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://shop.example/a?b=1", "https://shop.example/a?b=1"),
        ("mailto:ann@shop.example?subject=Hi", "mailto:…?subject=Hi"),
        ("https://shop.example/?email=ann%40mail.example&x=1", "https://shop.example/?email=…&x=1"),
        (None, ""),
        ("https://shop.example/" + "x" * 200, "https://shop.example/" + "x" * 99 + "…"),
    ],
)
def test_no_address_is_shown_in_a_link(url: str | None, shown: str) -> None:
    """The report contains none, and a link may."""
    assert shown_url(url) == shown
