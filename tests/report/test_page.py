"""The report as a person sees it, in Chromium: its numbers are those of the SQL, and it needs nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sendtrail.cli.app import app
from sendtrail.local.duckdb_reader import read_only
from sendtrail.report.attribution_models import MODELS, NAMES
from sendtrail.warehouse.query_result import Query
from tests.report.browser import Browse, Scheme, Visit
from tests.report.conftest import report_of
from tests.report.samples import ATTACK, make_database

pytestmark = pytest.mark.timeout(600)
CHARTS = ("earned-chart", "days-chart", "funnel-chart")


@pytest.fixture(scope="session")
def counting_machines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a database with the same account, which has chosen that clicks by machines earn as well."""
    path = make_database(tmp_path_factory.mktemp("machines") / "sample.duckdb")
    where = ["--database", str(path), "--organization", "acme"]
    chosen = CliRunner().invoke(app, ["attribution", "set", "include_machine=true", *where])
    assert chosen.exit_code == 0, chosen.output
    return path


@pytest.fixture
def counted(query: Query, counting_machines: Path) -> Iterator[dict[str, Query]]:
    """Give what runs a SELECT on the account as it is, and as it is with machines' clicks."""
    with read_only(counting_machines) as run_select:
        yield {"human": query, "raw": run_select}


def select(query: Query, columns: str, source: str) -> list[tuple[Any, ...]]:
    """Return rows of a view of the sample account."""
    return [tuple(row) for row in query(f"SELECT {columns} FROM marketing_ai.{source}").rows]


def drawn(visit: Visit, chart: str) -> int:
    """Return how many bars a chart has."""
    return visit.page.locator(f"#{chart} .bars .point path").count()


def earned_values(visit: Visit) -> dict[str, float]:
    """Return what the ranking shows, by campaign, as exact as the page knows it."""
    cells = visit.page.locator("#earned-table [data-value]")
    pairs = cells.evaluate_all("cells => cells.map(c => [c.parentElement.dataset.campaign, Number(c.dataset.value)])")
    return dict(pairs)


def choose(visit: Visit, *, period: str = "all", model: str = "last_touch", currency: str = "EUR") -> None:
    """Set the switches."""
    visit.page.select_option("#period", period)
    visit.page.select_option("#model", str(NAMES.index(model)))
    visit.page.select_option("#currency", currency)


def test_everything_is_drawn_and_nothing_is_fetched(file: Path, browse: Browse) -> None:
    """No request but for the file itself, no complaint, and what a campaign is called does not run."""
    visit = browse(file)

    assert all(drawn(visit, chart) for chart in CHARTS)
    assert visit.requests == [file.as_uri()]
    assert visit.complaints == []
    assert visit.page.evaluate("window.attacked") is None


def test_a_name_that_holds_html_is_shown_as_it_is(file: Path, browse: Browse) -> None:
    """In the tables and, shortened, in the chart."""
    visit = browse(file)

    assert ATTACK in visit.texts("#campaigns-table tbody th")
    assert any(text.startswith("<img src=") for text in visit.page.locator("#earned-chart text").all_text_contents())


def test_the_question_is_answered_in_the_first_sentence(file: Path, browse: Browse, query: Query) -> None:
    """Which campaign earned the most last month, and whether another model says otherwise."""
    source = "attribution_by_month WHERE month = '2025-10-01' AND currency = 'EUR' AND campaign_id IS NOT NULL"
    rows = select(query, "model, campaign_name, value", source)
    best = {model: max((value, name) for each, name, value in rows if each == model) for model in NAMES}

    visit = browse(file)
    lead, verdict, *_ = visit.texts("#answer p")

    assert "October 2025" in lead
    assert f"{best['last_touch'][1]}’ earned the most" in lead  # noqa: RUF001  (as it is printed)
    assert f"€{best['last_touch'][0]:,.2f}" in lead
    others = [model.title.lower() for model in MODELS if best[model.name][1] != best["last_touch"][1]]
    assert others
    assert all(title in verdict for title in others)


@pytest.mark.parametrize("period", ["all", "2025", "2025-10", "2025-11", "30d"])
def test_the_switches_show_the_numbers_of_the_view(file: Path, browse: Browse, query: Query, period: str) -> None:
    """Of every model and currency; the row of no e-mail included."""
    rows = select(query, "model, currency, campaign_id, value", f"attribution_by_period WHERE period = '{period}'")
    visit = browse(file)

    for model in NAMES:
        for currency in ("EUR", "USD"):
            choose(visit, period=period, model=model, currency=currency)
            assert earned_values(visit) == {
                str(row[2] or "none"): float(row[3]) for row in rows if row[:2] == (model, currency)
            }


def test_the_ranks_under_all_models_are_the_views(file: Path, browse: Browse, query: Query) -> None:
    """Side by side, whichever model is chosen."""
    columns = ", ".join(f"{model}_rank" for model in NAMES)
    rows = select(
        query, f"campaign_id, {columns}", "model_comparison WHERE currency = 'EUR' AND campaign_id IS NOT NULL"
    )
    visit = browse(file)
    choose(visit)

    for campaign_id, *ranks in rows:
        assert visit.texts(f"#earned-table [data-campaign='{campaign_id}'] .rank") == [str(rank) for rank in ranks]


@pytest.mark.parametrize("switch", ["human", "raw"])
def test_people_or_everything_decides_who_earned(
    file: Path, browse: Browse, counted: dict[str, Query], switch: str
) -> None:
    """The ranking, its first place, the headline figure and the ways are those of SQL with the setting that says so."""
    month = "month = '2025-10-01' AND currency = 'EUR' AND model = 'last_touch'"
    rows = select(counted[switch], "campaign_id, campaign_name, value", f"attribution_by_month WHERE {month}")
    ways = "attribution_paths_by_month WHERE month = '2025-10-01' AND currency = 'EUR' AND steps > 0"
    paths = select(counted[switch], "conversions", ways)
    visit = browse(file)
    choose(visit, period="2025-10")
    visit.page.check(f"#{switch}", force=True)

    assert earned_values(visit) == {str(row[0] or "none"): float(row[2]) for row in rows}
    best = max((row for row in rows if row[0]), key=lambda row: row[2])
    assert f"{best[1]}’ earned the most: €{best[2]:,.2f}" in visit.texts("#answer p")[0]  # noqa: RUF001  (as printed)
    earned = sum(row[2] for row in rows if row[0])
    assert visit.texts("#tiles dd")[0].startswith(f"€{earned:,.2f}")
    shown = [int(text) for text in visit.texts("#paths-table tbody td:nth-child(2)")]
    assert sorted(shown) == sorted(row[0] for row in paths)


def test_a_machine_makes_a_difference(counted: dict[str, Query]) -> None:
    """In the sample account, so that the test above can fail."""
    value = "(SELECT SUM(value) FROM marketing_ai.attribution_by_campaign WHERE campaign_id IS NOT NULL)"
    sums = [next(iter(query(f"SELECT {value}").rows))[0] for query in counted.values()]

    assert sums[0] < sums[1]


def test_the_report_begins_with_what_the_account_has_chosen(counting_machines: Path, browse: Browse) -> None:
    """So that at first sight it says what the views say."""
    visit = browse(report_of(counting_machines))

    assert visit.page.is_checked("#raw")
    assert visit.texts("[data-says=credit]") == ["Clicks by machines earn credit as well."]
    assert "include_machine" not in visit.texts("#method-text")[0]


def test_conversions_without_a_value_are_counted(file: Path, browse: Browse, query: Query) -> None:
    """They have a place of their own among the currencies, and are ranked by credit."""
    rows = select(query, "campaign_id, credit", "attribution_by_campaign WHERE currency IS NULL AND model = 'linear'")
    visit = browse(file)
    choose(visit, model="linear", currency="")

    cells = visit.page.locator("#earned-table [data-credit]")
    found = cells.evaluate_all("cells => cells.map(c => [c.parentElement.dataset.campaign, Number(c.dataset.credit)])")

    assert dict(found) == {str(campaign_id): float(credit) for campaign_id, credit in rows}


@pytest.mark.parametrize(
    ("switch", "opens", "clicks"),
    [("human", "estimated_human_opens", "unique_clicks"), ("raw", "raw_unique_opens", "raw_unique_clicks")],
)
def test_people_or_everything(file: Path, browse: Browse, query: Query, switch: str, opens: str, clicks: str) -> None:
    """The switch changes opens and clicks in the table and in a campaign's funnel to those of the view."""
    rows = select(query, f"campaign_id, {opens}, {clicks}", "campaign_engagement")
    visit = browse(file)
    visit.page.check(f"#{switch}", force=True)

    for campaign_id, opened, clicked in rows:
        row = f"#campaigns-table [data-campaign='{campaign_id}']"
        assert visit.texts(f"{row} [data-column=opens], {row} [data-column=clicks]") == [str(opened), str(clicked)]
    assert bool(visit.texts("[data-says=credit]")[0]) == (switch == "raw")
    visit.page.select_option("#funnel-campaign", str(rows[0][0]))
    assert [text.split("\u2002")[0].strip() for text in bar_texts(visit)][2:4] == [str(rows[0][1]), str(rows[0][2])]


@pytest.mark.parametrize("switch", ["human", "raw"])
@pytest.mark.parametrize("period", ["all", "2025-10", "30d"])
def test_the_funnel_counts_contacts_of_the_period(
    file: Path, browse: Browse, counted: dict[str, Query], switch: str, period: str
) -> None:
    """Each once, as in the view, with their orders beside them."""
    names = "raw_openers, raw_clickers" if switch == "raw" else "openers, clickers"
    source = f"engagement_by_period WHERE period = '{period}'"
    [(opened, clicked, bought, orders)] = select(counted[switch], f"{names}, buyers, orders", source)
    visit = browse(file)
    choose(visit, period=period)
    visit.page.check(f"#{switch}", force=True)

    shown = [text.split("\u2002")[0].strip() for text in bar_texts(visit)]
    assert shown == [str(opened), str(clicked), str(bought)]
    assert f" {orders} order" in visit.texts("#funnel-text")[0]


def test_opens_are_never_said_to_be_by_people(file: Path, browse: Browse) -> None:
    """Nobody can tell Apple's prefetches apart."""
    assert "by people" not in browse(file).page.locator("body").inner_text().lower()


def bar_texts(visit: Visit) -> list[str]:
    """Return what is written beside the funnel's bars."""
    return visit.page.locator("#funnel-chart .bartext").all_text_contents()


def test_the_table_is_sorted_and_searched(file: Path, browse: Browse) -> None:
    """By a click on a heading, and by a part of the name in any case."""
    visit = browse(file)
    names = "#campaigns-table tbody th"

    visit.page.click("#campaigns-table th[data-column=name] button")
    ascending = visit.texts(names)
    visit.page.click("#campaigns-table th[data-column=name] button")
    descending = visit.texts(names)
    visit.page.fill("#search", "AUTUMN")

    assert ascending == descending[::-1]
    assert ascending == sorted(ascending, key=str.lower)
    assert visit.texts(names) == ["Autumn sale & more"]


@pytest.mark.parametrize("width", [360, 768, 1240])
def test_no_page_scrolls_sideways(file: Path, browse: Browse, width: int) -> None:
    """On a phone, a tablet and a desk; wide tables scroll in themselves."""
    visit = browse(file, width=width)
    visit.page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    visit.page.wait_for_selector("#days-chart .bars .point path")

    assert visit.sideways() == 0
    assert all(drawn(visit, chart) for chart in CHARTS)


@pytest.mark.parametrize(("scheme", "other"), [("light", "dark"), ("dark", "light")])
def test_light_and_dark_follow_the_reader_and_the_button(
    file: Path, browse: Browse, scheme: Scheme, other: Scheme
) -> None:
    """The charts, too, are drawn in the colours of the page."""
    visit = browse(file, scheme=scheme)
    before = colours(visit)

    visit.page.click("#theme")
    after = colours(visit)

    assert is_dark(before[0]) == (scheme == "dark")
    assert is_dark(after[0]) == (other == "dark")
    assert all(one != two for one, two in zip(before, after, strict=True))


def colours(visit: Visit) -> list[str]:
    """Return the colours of the page, its text and a chart's bars."""
    script = """() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color,
        document.querySelector('#days-chart .bars .point path').style.fill]"""
    found: list[str] = visit.page.evaluate(script)
    return found


def is_dark(colour: str) -> bool:
    """Tell whether a colour like rgb(1, 2, 3) is dark."""
    return sum(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")) < 3 * 128


def test_print_is_light_and_says_what_was_chosen(file: Path, browse: Browse) -> None:
    """The switches are words there, and the charts fit the paper."""
    visit = browse(file, scheme="dark")
    visit.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    visit.page.emulate_media(media="print")

    assert visit.page.locator("#period").is_hidden()
    assert "October 2025 · Last touch · EUR · known machines left out" in visit.texts("p[data-says=chosen]")
    assert not is_dark(colours(visit)[0])
    assert visit.page.locator("#days-chart svg").first.bounding_box()["width"] <= 680  # type: ignore[index]
    assert len(visit.page.pdf(format="A4")) > 10_000
    assert visit.complaints == []


def test_without_conversions_it_says_how_to_bring_them(tmp_path: Path, browse: Browse) -> None:
    """And shows all else."""
    visit = browse(report_of(make_database(tmp_path / "bare.duckdb", has_conversions=False)))

    assert "sendtrail conversions load" in visit.page.locator("#answer").inner_text()
    assert visit.page.locator("#earned").is_hidden()
    assert drawn(visit, "days-chart")
    assert len(visit.texts("#campaigns-table tbody tr")) == 4
    assert visit.complaints == []
