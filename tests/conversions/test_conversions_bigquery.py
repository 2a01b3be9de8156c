"""`sendtrail conversions load` and `sendtrail attribution set` into BigQuery, run as a person runs them."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from google.cloud.bigquery import Client

from sendtrail.cli import attribution, users
from sendtrail.errors import Rejected, SendtrailError, SettingsError, Unavailable
from sendtrail.gcp.bigquery_warehouse import Datasets
from sendtrail.warehouse.rows import Table
from tests.contracts.under_test import WarehouseUnderTest
from tests.conversions.commands import ROWS, load, run, stored
from tests.gcp.bigquery_server import BigQueryServer, Fault, serving

BIGQUERY = ("--project", "sendtrail-test", "--dataset", "tables", "--organization", "acme")
OWN = ("organization_id", "conversion_id", "user_id", "email", "converted_at", "value", "currency", "kind", "row_hash")
Rows = Callable[[Table], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def _no_settings_from_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the developer's own `.env` out of it."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def rows(bigquery_warehouse: WarehouseUnderTest, bigquery_url: str, monkeypatch: pytest.MonkeyPatch) -> Rows:
    """Give what reads the tables of the emulator, which are empty; the commands find it by its variable."""
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", bigquery_url)
    return bigquery_warehouse.read


class LoadWithFaults:
    """Loads a file into a server with faults, each time a new one."""

    def __init__(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._file, self._monkeypatch = file, monkeypatch

    def __call__(self, *faults: Fault, content: str = ROWS) -> tuple[BigQueryServer, str | SendtrailError]:
        """Load into a server with these faults; return it, and what the command printed or raised."""
        with serving(*faults) as (server, url):
            self._monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", url)
            try:
                return server, load(self._file, content, *BIGQUERY)
            except SendtrailError as error:
                return server, error


@pytest.fixture
def load_with_faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LoadWithFaults:
    """Give what loads a file into a server with faults."""
    return LoadWithFaults(tmp_path / "a.csv", monkeypatch)


def test_a_file_is_loaded_and_loading_it_again_changes_nothing(
    rows: Rows, bigquery_client: Client, bigquery_datasets: Datasets, tmp_path: Path
) -> None:
    """Handled twice, stored once, and reported; no staging table is left."""
    first = load(tmp_path / "a.csv", ROWS, *BIGQUERY)
    before = rows(Table.CONVERSIONS)
    second = load(tmp_path / "a.csv", ROWS, *BIGQUERY)

    assert "2 new or changed, 0 unchanged" in first
    assert "0 new or changed, 2 unchanged" in second
    assert len(before) == 2
    assert rows(Table.CONVERSIONS) == before
    assert [table.table_id for table in bigquery_client.list_tables(bigquery_datasets.staging)] == ["contacts_seen"]


def test_both_warehouses_hold_the_same_of_a_file(rows: Rows, tmp_path: Path, database: Path) -> None:
    """Every column that the file fills, to the last decimal."""
    content = ROWS.replace("12.50", "99999999999999.9999")
    load(tmp_path / "a.csv", content, *BIGQUERY)
    load(tmp_path / "a.csv", content, "--database", database, "--organization", "acme", "--new-organization")

    of_file = stored(database, f"SELECT {', '.join(OWN)} FROM marketing_ai.conversions ORDER BY conversion_id")
    assert [tuple(row[name] for name in OWN) for row in rows(Table.CONVERSIONS)] == of_file


def test_a_conversion_that_changed_is_brought_up_to_the_file(rows: Rows, tmp_path: Path) -> None:
    """By its id; the others stay, and the same id of another account is another."""
    load(tmp_path / "a.csv", ROWS, *BIGQUERY)

    printed = load(tmp_path / "a.csv", ROWS.replace("12.50", "13.00"), *BIGQUERY)
    other = load(tmp_path / "a.csv", ROWS, *BIGQUERY[:-1], "other")

    assert "1 new or changed, 1 unchanged" in printed
    assert "2 new or changed, 0 unchanged" in other
    assert [row["value"] for row in rows(Table.CONVERSIONS)] == [Decimal(13), None, Decimal("12.5"), None]


def test_nothing_is_loaded_if_a_line_is_invalid(load_with_faults: LoadWithFaults) -> None:
    """BigQuery is not even asked."""
    server, words = load_with_faults(content=ROWS + '3,ann@example.com,2025-03-30T12:05Z,"1,50",EUR\n')

    assert isinstance(words, SettingsError)
    assert words.problems[0].startswith("line 4: value")
    assert server.received == []


def test_a_file_is_one_load_and_one_merge(load_with_faults: LoadWithFaults) -> None:
    """Up to 50,000 rows: all of them, or nothing. Then it is asked whose they are."""
    lines = [f"{number},user{number}@example.com,2025-03-30T12:05Z,1,EUR\n" for number in range(9_000)]

    server, _ = load_with_faults(content=ROWS.partition("\n")[0] + "\n" + "".join(lines))

    calls = [received.call for received in server.received if received.call != "get"]
    assert calls == ["table", "load", "query", "delete", "query"]  # the first one lists what the dataset is for
    assert len(server.received[1].data.splitlines()) == 9_000


@pytest.mark.parametrize("call", ["load", "query"])
def test_an_answer_that_was_lost_loads_nothing_twice(call: Any, load_with_faults: LoadWithFaults) -> None:
    """The job is found again by its id."""
    server, words = load_with_faults(Fault(on=call, is_done=True))

    assert "2 conversions are in" in str(words)
    assert len(server.jobs) == 3  # with the one that asks whose they are


@pytest.mark.parametrize("call", ["load", "query"])
@pytest.mark.parametrize(("status", "reason", "kind"), [(400, "invalid", Rejected), (403, "accessDenied", Unavailable)])
def test_what_bigquery_refuses_is_reported_and_leaves_nothing(
    call: Any, status: int, reason: str, kind: type[SendtrailError], load_with_faults: LoadWithFaults
) -> None:
    """With its reason; the staging table goes, and the table is as it was."""
    server, words = load_with_faults(Fault(on=call, status=status, reason=reason, message="so it is"))

    assert isinstance(words, kind)
    assert "so it is" in str(words)
    assert len(server.calls("delete")) == 1
    assert len(server.calls("query")) == (call == "query")


def test_somebody_who_is_not_signed_in_learns_how_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a sentence, without a traceback."""
    monkeypatch.delenv("BIGQUERY_EMULATOR_HOST", raising=False)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))

    with pytest.raises(SettingsError, match="gcloud auth application-default login"):
        load(tmp_path / "a.csv", ROWS, *BIGQUERY)


def test_a_place_that_is_not_there_is_named(rows: Rows, tmp_path: Path) -> None:
    """Terraform's default is not BigQuery's: so the location that was asked is named."""
    with pytest.raises(Unavailable, match="elsewhere_staging") as caught:
        load(tmp_path / "a.csv", ROWS, *BIGQUERY, "--dataset", "elsewhere")

    assert "(asked: project sendtrail-test, location US)" in str(caught.value)
    assert rows(Table.CONVERSIONS) == []


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [("--project", "My Project", "is no project ID"), ("--location", "Berlin, DE", "is no location of BigQuery")],
)
def test_a_place_that_cannot_be_is_refused(option: str, value: str, words: str, tmp_path: Path) -> None:
    """In words, before anything is read."""
    with pytest.raises(SettingsError, match=f"{option}: '{value}' {words}"):
        load(tmp_path / "a.csv", ROWS, *BIGQUERY, option, value)


def test_an_account_in_bigquery_has_to_be_named(tmp_path: Path) -> None:
    """The default name of a file does not exist there."""
    with pytest.raises(SettingsError, match="--organization: name the account"):
        load(tmp_path / "a.csv", ROWS, *BIGQUERY[:-2])


def test_a_file_that_is_named_is_taken_whatever_the_environment_says(
    tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An option is nearer than a variable."""
    monkeypatch.setenv("SENDTRAIL_PROJECT", "sendtrail-test")

    printed = load(tmp_path / "a.csv", ROWS, "--database", database)

    assert "2 new or changed" in printed
    assert stored(database, "SELECT count(*) FROM marketing_ai.conversions") == [(2,)]


def test_settings_of_attribution_are_stored_and_changed(rows: Rows) -> None:
    """One row a setting, the newest value."""
    run(attribution.app, "set", "lookback_days=60", "include_opens=TRUE", *BIGQUERY)
    run(attribution.app, "set", "lookback_days=90", *BIGQUERY)

    chosen = [(row["organization_id"], row["name"], row["value"]) for row in rows(Table.ATTRIBUTION_SETTINGS)]
    assert chosen == [("acme", "include_opens", "true"), ("acme", "lookback_days", "90")]


def test_users_are_loaded_as_well(rows: Rows, tmp_path: Path) -> None:
    """Again they change nothing; an account that may not read the views learns it, and what is in is in."""
    (tmp_path / "u.csv").write_text("user_id,email,since\n7,Ann@example.com,2025-03-30T12:05Z\n8,b@x.example,\n")

    first = run(users.app, tmp_path / "u.csv", *BIGQUERY)
    second = run(users.app, tmp_path / "u.csv", *BIGQUERY)

    assert first.startswith(
        "2 rows are in: 2 new, 0 known before.\nHow many belong to a known contact could not be asked:"
    )
    assert second.startswith("2 rows are in: 0 new, 2 known before.")
    assert sorted((row["user_id"], row["email"]) for row in rows(Table.USERS)) == [
        ("7", "ann@example.com"),
        ("8", "b@x.example"),
    ]
