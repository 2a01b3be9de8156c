"""`sendtrail conversions load` and `sendtrail attribution set`, run as a person runs them."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sendtrail.cli import attribution, conversions, users
from sendtrail.cli.load import row_batches
from sendtrail.cli.process.exit_codes import MISSING
from sendtrail.errors import SettingsError
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.warehouse.rows import Batch
from tests.conversions.commands import ROWS, knows, load, run, stored


def test_a_file_is_loaded_and_loading_it_again_changes_nothing(tmp_path: Path, database: Path) -> None:
    """Handled twice, stored once, and reported."""
    first = load(tmp_path / "a.csv", ROWS, "--database", database)
    before = stored(database, "SELECT * FROM marketing_ai.conversions ORDER BY ALL")
    second = load(tmp_path / "a.csv", ROWS, "--database", database)

    assert "2 new or changed, 0 unchanged" in first
    assert "0 new or changed, 2 unchanged" in second
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

    assert "1 new or changed, 1 unchanged" in printed
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


def test_the_end_says_what_came_in(tmp_path: Path, database: Path) -> None:
    """How many are of a known contact, from when to when, and the sum of each currency."""
    knows(database, "ann@example.com")
    more = (
        "3,ann@example.com,2025-04-01T12:05Z,1000.25,USD,\n4,cy@example.com,2025-04-02T12:05Z,1,EUR,\n"
        "5,,2025-04-03T12:05Z,-2.5,EUR,1\n"
    )
    content = ROWS.replace("currency\n", "currency,refund_of\n").replace("EUR\n", "EUR,\n").replace(",,\n", ",,,\n")

    printed = load(tmp_path / "a.csv", content + more, "--database", database, "--time-zone", "Europe/Berlin")

    assert printed.splitlines() == [
        "5 conversions are in: 5 new or changed, 0 unchanged.",
        "2 of 4 belong to a known contact.",
        "From 2025-03-30 14:05 CEST to 2025-04-03 14:05 CEST.",
        "EUR 13.50 in 2 conversions; 2.50 refunded, in 1 refund.",
        "USD 1,000.25 in 1 conversion.",
        "Without a value: 1.",
    ]


def test_a_conversion_of_a_known_user_is_one_of_a_known_contact(tmp_path: Path, database: Path) -> None:
    """As the views see it."""
    knows(database, "ann@example.com")
    (tmp_path / "u.csv").write_text("user_id,email\n7,ann@example.com\n", encoding="utf-8")
    run(users.app, tmp_path / "u.csv", "--database", database)

    printed = load(tmp_path / "a.csv", "id,user_id,date\n1,7,2025-03-30T12:05Z\n", "--database", database, "--no-value")

    assert "1 of 1 belongs to a known contact." in printed


def test_addresses_that_nobody_has_are_pointed_out(tmp_path: Path, database: Path) -> None:
    """It may be the wrong account."""
    printed = load(tmp_path / "a.csv", ROWS, "--database", database)

    assert "None of them belongs to a contact of main: is it the right account, and was it synced?" in printed


def test_a_time_in_the_future_is_pointed_out(tmp_path: Path, database: Path) -> None:
    """Day and month may have changed places."""
    printed = load(tmp_path / "a.csv", ROWS.replace("2025-03-31", "2390-03-31"), "--database", database)

    assert "which is in the future: is --date-format right?" in printed


def test_rows_that_are_skipped_are_named_and_leave_a_trace_in_the_exit_code(tmp_path: Path, database: Path) -> None:
    """The others are loaded."""
    (tmp_path / "a.csv").write_text(ROWS + "3,ann@example.com,yesterday,1,EUR\n", encoding="utf-8")

    result = CliRunner().invoke(
        conversions.app, [str(tmp_path / "a.csv"), "--database", str(database), "--skip-bad"], catch_exceptions=False
    )

    assert result.exit_code == MISSING
    assert "2 conversions are in" in result.stdout
    assert "Missing, as they are bad: 1 row." in result.stderr
    assert "line 4: converted_at: 'yesterday' is not a time" in result.stderr
    assert stored(database, "SELECT count(*) FROM marketing_ai.conversions") == [(2,)]


def test_a_shop_s_export_is_loaded_by_its_name(tmp_path: Path, database: Path) -> None:
    """With what it leaves out, and without a list of columns that nobody needs."""
    content = (
        "Order Number,Order Status,Order Date,Email (Billing),Order Refund Amount,Order Total Amount,Phone\n"
        '1,Completed,30.03.2025 14:05,ann@example.com,"0,00 €","1.084,90 €",1\n'
        '2,Failed,30.03.2025 14:05,ann@example.com,"0,00 €","84,90 €",1\n'
    )
    options = ["--from", "WooCommerce", "--currency", "EUR", "--decimal", "comma", "--time-zone", "Europe/Berlin"]

    printed = load(tmp_path / "a.csv", content, *options, "--date-format", "DD.MM.YYYY HH:mm", "--database", database)

    assert "Rows left out: status Failed (1)." in printed
    assert "Phone" not in printed
    assert stored(database, "SELECT value FROM marketing_ai.conversions") == [(Decimal("1084.90"),)]


def test_columns_and_statuses_are_named(tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As options, each again, or in a variable, separated by commas; options count."""
    content = (
        "no,who,date,N. Revenue,state\n1,a@x.example,2025-03-30T12:05Z,5,Paid\n2,b@x.example,2025-03-30T12:05Z,5,no\n"
    )
    monkeypatch.setenv("SENDTRAIL_MAP", "value=N. Revenue, email=who,conversion_id=no,status=state")
    monkeypatch.setenv("SENDTRAIL_STATUS", "paid,done")
    monkeypatch.setenv("SENDTRAIL_CURRENCY", "EUR")

    printed = load(tmp_path / "a.csv", content, "--database", database)
    load(tmp_path / "a.csv", content, "--database", database, "--status", "no")

    assert "1 conversion is in" in printed
    assert stored(database, "SELECT conversion_id FROM marketing_ai.conversions ORDER BY ALL") == [("1",), ("2",)]


def test_rows_are_merged_in_parts(tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So memory does not grow with the file; each row goes to one of them."""
    merged: list[int] = []
    monkeypatch.setattr(row_batches, "BATCH_ROWS", 1_000)
    merge = DuckDbWarehouse.merge

    def counted(self: DuckDbWarehouse, batch: Batch, **more: Any) -> int:
        merged.append(len(batch.rows))
        return merge(self, batch, **more)

    monkeypatch.setattr(DuckDbWarehouse, "merge", counted)
    rows = [f"{number},user{number}@example.com,2025-03-30T12:05Z,1.25,EUR" for number in range(2_500)]

    printed = load(tmp_path / "a.csv", "\n".join([ROWS.splitlines()[0], *rows]), "--database", database)

    assert printed.startswith("2,500 conversions are in: 2,500 new or changed")
    assert merged == [1_000, 1_000, 500]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--from", "amazon"], "--from: there is no export 'amazon'; there are shopify,"),
        (["--map", "price=total"], "--map: write FIELD=COLUMN with one of the fields conversion_id,"),
        (["--map", "value"], "--map: write FIELD=COLUMN with one of the fields conversion_id,"),
        (["--map", "value=a", "--map", "value=b"], "--map: value is given twice, as 'a' and as 'b'"),
        (["--no-value", "--map", "value=amount"], "--map: the column amount is named for values, and --no-value"),
        (["--decimal", "dot"], "--decimal"),
        (["--date-format", "dd.mm.yyyy"], "--date-format: 'dd.mm.yyyy' does not say year, month and day"),
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
