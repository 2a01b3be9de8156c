"""The HTML file: what is in it, and what is not."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.cli.report import write_report
from sendtrail.cli.settings.report_settings import ReportSettings
from sendtrail.errors import SettingsError
from sendtrail.report.document import charting_library, embedded
from sendtrail.report.queries import CAMPAIGNS, accounts
from sendtrail.report.reading import choose_account
from sendtrail.warehouse.query_result import Query
from tests.fakes import FakeClock
from tests.report.samples import ATTACK, NOW, make_database


def own(file: Path) -> str:
    """Return a report without the charting library."""
    return file.read_text(encoding="utf-8").replace(charting_library(), "")


def test_no_address_of_anybody_is_in_it(file: Path) -> None:
    """Neither a contact's nor a buyer's."""
    assert "secret.example" not in file.read_text(encoding="utf-8")


def test_what_a_campaign_is_called_is_never_markup(file: Path) -> None:
    """Its name is in the data, with nothing in it that HTML would read."""
    text = own(file)

    assert "<img" not in text
    assert text.count("<script") == text.count("</script>") == 3
    assert json.dumps(ATTACK).replace("<", "\\u003c").replace(">", "\\u003e") in text


def test_it_names_nothing_to_fetch_and_forbids_fetching(file: Path) -> None:
    """Its policy allows its own scripts by their hash, and no others."""
    text = own(file)

    assert not re.search(r"<(link|script|img|iframe)[^>]*(https?:)?//", text)
    assert "default-src 'none'; script-src 'sha256-" in text.replace("&#39;", "'")


@given(st.dictionaries(st.text(), st.text()))
def test_any_text_survives_in_the_data_and_none_ends_it(values: dict[str, str]) -> None:
    """What is embedded reads back the same, and holds no character that HTML knows."""
    text = str(embedded(values))

    assert json.loads(text) == values
    assert not set("<>&\u2028\u2029") & set(text)


def test_a_name_that_is_more_than_a_name_is_refused() -> None:
    """Before it reaches the warehouse."""
    with pytest.raises(ValueError, match=r"organization|string|pattern"):
        CAMPAIGNS.sql("marketing_ai.campaign_engagement", organization="x' OR '1'='1")
    with pytest.raises(ValueError, match="cannot name"):
        accounts("a; b")


def test_the_only_account_needs_no_name(query: Query) -> None:
    """One that is not there is refused, and those that are there named."""
    assert choose_account(query, dataset="marketing_ai", asked=None) == "acme"
    with pytest.raises(SettingsError, match=r"no account other.*acme"):
        choose_account(query, dataset="marketing_ai", asked="other")


def test_of_several_accounts_one_is_to_be_named(tmp_path: Path) -> None:
    """The message names them."""
    database = make_database(tmp_path / "two.duckdb", organization="beta")

    with pytest.raises(SettingsError, match="several accounts: name one of acme, beta"):
        write_report(ReportSettings.read({"database": database}), clock=FakeClock(NOW))


def test_every_wrong_option_is_named_at_once() -> None:
    """With what it may be."""
    with pytest.raises(SettingsError) as refused:
        ReportSettings.read({"model": "best", "dataset": "a-b", "project": "X"})

    assert {problem.split(":")[0] for problem in refused.value.problems} == {"--model", "--dataset", "--project"}
    assert ReportSettings.read({"model": "First-touch"}).model == "first_touch"


def test_a_place_that_cannot_be_written_is_named(database: Path, tmp_path: Path) -> None:
    """As a wrong option, not as a traceback."""
    settings = ReportSettings.read({"database": database, "output": tmp_path / "nowhere" / "report.html"})

    with pytest.raises(SettingsError, match="--output"):
        write_report(settings, clock=FakeClock(NOW))
