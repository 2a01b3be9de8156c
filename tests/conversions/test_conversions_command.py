"""`sendtrail conversions load` and `sendtrail attribution set`, run as a person runs them."""

from decimal import Decimal
from pathlib import Path

import pytest

from sendtrail.cli import attribution, conversions
from sendtrail.errors import SettingsError
from tests.conversions.commands import ROWS, load, run, stored


def test_a_file_is_loaded_and_loading_it_again_changes_nothing(tmp_path: Path, database: Path) -> None:
    """Handled twice, stored once, and reported."""
    first = load(tmp_path / "a.csv", ROWS, "--database", database)
    before = stored(database, "SELECT * FROM marketing_ai.conversions ORDER BY ALL")
    second = load(tmp_path / "a.csv", ROWS, "--database", database)

    assert "2 new or changed, 0 as they were" in first
    assert "0 new or changed, 2 as they were" in second
    assert stored(database, "SELECT * FROM marketing_ai.conversions ORDER BY ALL") == before


def test_money_is_stored_exactly(tmp_path: Path, database: Path) -> None:
    """No value goes through a float."""
    load(tmp_path / "a.csv", ROWS.replace("12.50", "99999999999999.9999"), "--database", database)

    values = stored(database, "SELECT value FROM marketing_ai.conversions ORDER BY conversion_id")
    assert values == [(Decimal("99999999999999.9999"),), (None,)]


def test_a_conversion_that_changed_is_brought_up_to_the_file(tmp_path: Path, database: Path) -> None:
    """By its id; the others stay."""
    load(tmp_path / "a.csv", ROWS, "--database", database)

    printed = load(tmp_path / "a.csv", ROWS.replace("12.50", "13.00"), "--database", database)

    assert "1 new or changed, 1 as they were" in printed
    assert stored(database, "SELECT sum(value) FROM marketing_ai.conversions") == [(Decimal("13.00"),)]


def test_nothing_is_loaded_if_a_line_is_invalid(tmp_path: Path, database: Path) -> None:
    """Not even the lines before it."""
    with pytest.raises(SettingsError, match="line 4: value"):
        load(tmp_path / "a.csv", ROWS + '3,ann@example.com,2025-03-30T12:05Z,"1,50",EUR\n', "--database", database)

    assert stored(database, "SELECT count(*) FROM marketing_ai.conversions") == [(0,)]


def test_many_rows_are_loaded_whole(tmp_path: Path, database: Path) -> None:
    """More than one slice of a batch."""
    rows = [f"{number},user{number}@example.com,2025-03-30T12:05Z,1.25,EUR" for number in range(20_000)]

    printed = load(tmp_path / "a.csv", "\n".join([ROWS.splitlines()[0], *rows]), "--database", database)

    assert printed.startswith("20,000 conversions are in: 20,000 new or changed")


def test_a_refund_is_stored_with_what_it_refunds(tmp_path: Path, database: Path) -> None:
    """As the file has it; one that names nothing only on request."""
    rows = ROWS.splitlines()[0] + ",refund_of\n1,ann@example.com,2025-03-30T12:05Z,-1.50,EUR,"

    load(tmp_path / "a.csv", rows + "order\n", "--database", database)
    load(tmp_path / "b.csv", rows.replace("\n1", "\n2") + "\n", "--database", database, "--negative-values", "apart")

    values = stored(database, "SELECT conversion_id, value, refund_of FROM marketing_ai.conversions ORDER BY ALL")
    assert values == [("1", Decimal("-1.50"), "order"), ("2", Decimal("-1.50"), None)]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--time-zone", "Mars/Base"], "--time-zone"),
        (["--currency", "Euro"], "--currency"),
        (["--organization", "a b"], "--organization"),
        (["--encoding", "none-such"], "--encoding"),
        (["--negative-values", "ignore"], "--negative-values"),
        (["--database", "none-such.duckdb"], "--database"),
    ],
)
def test_options_that_do_not_do_are_named(tmp_path: Path, database: Path, options: list[str], problem: str) -> None:
    """Before anything is read."""
    (tmp_path / "a.csv").write_text(ROWS, encoding="utf-8")

    with pytest.raises(SettingsError) as caught:
        run(conversions.app, tmp_path / "a.csv", "--database", database, *options)

    assert caught.value.problems[0].startswith(problem)


def test_settings_of_attribution_are_stored_and_changed(database: Path) -> None:
    """One row a setting, the newest value."""
    run(attribution.app, "set", "lookback_days=60", "include_opens=TRUE", "--database", database)
    run(attribution.app, "set", "lookback_days=90", "--database", database)

    chosen = stored(database, "SELECT name, value FROM marketing_ai.attribution_settings ORDER BY name")
    assert chosen == [("include_opens", "true"), ("lookback_days", "90")]


def test_a_time_zone_is_stored_as_it_is_spelt(database: Path) -> None:
    """BigQuery knows no other spelling, and fails with a zone that does not exist: such a name is refused."""
    run(attribution.app, "set", "reporting_time_zone=europe/berlin", "--database", database)
    with pytest.raises(SettingsError, match="takes the name of a time zone"):
        run(attribution.app, "set", "reporting_time_zone=Berlin", "--database", database)

    assert stored(database, "SELECT time_zone FROM marketing_ai.reporting_settings") == [("Europe/Berlin",)]


def test_settings_that_would_be_ignored_are_refused(database: Path) -> None:
    """All of them at once; nothing is stored."""
    with pytest.raises(SettingsError) as caught:
        run(attribution.app, "set", "lookback_days=0", "half_life=7", "first_percent=7.5", "--database", database)

    assert len(caught.value.problems) == 3
    assert stored(database, "SELECT count(*) FROM marketing_ai.attribution_settings") == [(0,)]
