"""`sendtrail export --project`: the same files as from a database with the same rows, and the price said before."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import duckdb
import pytest
from google.cloud import bigquery
from google.cloud.bigquery import Client
from typer import Typer
from typer.testing import CliRunner, Result

from sendtrail.cli.copies import project_export
from sendtrail.cli.copies.export_command import export
from sendtrail.clock import SystemClock
from sendtrail.domain.conversion import Conversion
from sendtrail.domain.work_item import WorkItem
from sendtrail.errors import SettingsError, Unavailable
from sendtrail.gcp.bigquery_access import access
from sendtrail.gcp.bigquery_reader import BigQueryReader
from sendtrail.gcp.copies.relation_reads import RelationRead, RelationReads
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.ports import Warehouse
from sendtrail.warehouse.domain_rows import conversion_row
from sendtrail.warehouse.relations import relations
from sendtrail.warehouse.rows import Batch, Table
from sendtrail.warehouse.views import view_sql
from tests.contracts.samples import activities, contact, contacts, opened
from tests.contracts.under_test import WarehouseUnderTest
from tests.fakes import NOON
from tests.gcp.fixtures import PROJECT

app = Typer()
app.command()(export)
DATASET = "tables"
# With columns of all types, and views without views below them; `users` has no rows.
TABLES, VIEWS = ("email_activities", "contacts", "conversions", "users"), ("machine_settings", "observations")
KNOWN = {each.name: each for each in relations() if each.name in {*TABLES, *VIEWS}}
ORDER = Conversion(
    conversion_id="o1",
    user_id="",
    email="ann@example.com",
    converted_at=NOON - timedelta(microseconds=1),
    value=Decimal("12345678901234567890.123456789"),
    currency="EUR",
    kind="purchase",
)


@pytest.fixture(autouse=True)
def _no_settings_from_elsewhere(tmp_path: Path, bigquery_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, with the emulator as BigQuery."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", bigquery_url)
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def views(bigquery_client: Client, bigquery_warehouse: WarehouseUnderTest) -> Iterator[None]:
    """Fill the tables of the emulator, and give some views for as long as a test needs them."""
    fill(bigquery_warehouse.warehouse)
    for view in VIEWS:
        bigquery_client.query_and_wait(f"CREATE VIEW {DATASET}.{view} AS {view_sql(view, dataset=DATASET)}")
    yield
    for view in VIEWS:
        bigquery_client.query_and_wait(f"DROP VIEW {DATASET}.{view}")


@pytest.fixture
def own_dataset(bigquery_client: Client) -> Iterator[str]:
    """Give a dataset for what a test makes."""
    bigquery_client.create_dataset("odd")
    yield "odd"
    bigquery_client.delete_dataset("odd", delete_contents=True)


def fill(warehouse: Warehouse) -> None:
    """Merge activities of two months and two accounts, contacts and a conversion."""
    awkward = opened(contact_id="2", detail={"text": 'søk "it", \n\\ ok', "a": "1"})
    earlier = opened(activity_timestamp=NOON.replace(month=1, microsecond=123_456))
    warehouse.merge(activities(opened(), awkward, earlier, opened(organization_id="globex")))
    warehouse.merge(contacts(contact(), contact(contact_id=2, tags=(), lists=(), phone='+1 "2", 3')))
    order = conversion_row(ORDER, organization_id="acme", now=NOON)
    item = WorkItem(organization_id="acme", run_id="run", subject="conversions", sequence=1)
    warehouse.merge(Batch(item=item, table=Table.CONVERSIONS, number=0, delivery="token", rows=[order]))


@dataclass
class ShortReader:
    """A reader whose query finds three rows, of which two are sent."""

    maximum_bytes_billed: int = 1
    total_rows: int = 3
    pages: Sequence[Sequence[Mapping[str, str]]] = (({"a": "1"},), ({"a": "2"},))

    def run(self, _: str) -> "ShortReader":
        """Return the job."""
        return self

    def result(self, *, page_size: int) -> "ShortReader":
        """Return what it has found."""
        assert page_size
        return self


def run(*words: str, answer: str = "") -> Result:
    """Run the command; raise what is wrong with what was asked for."""
    result = CliRunner().invoke(app, words, input=answer)
    if isinstance(result.exception, SettingsError):
        raise result.exception
    return result


def in_project(*words: str, dataset: str = DATASET, answer: str = "") -> Result:
    """Run the command for the emulated project."""
    return run(*words, "--project", PROJECT, "--dataset", dataset, answer=answer)


def manifest(folder: str) -> dict[str, Any]:
    """Return the tables and views that a manifest names."""
    found = json.loads(Path(folder, "manifest.json").read_text(encoding="utf-8"))
    return {each["name"]: each for each in found["tables"]}


def names(folder: str) -> list[str]:
    """Return the paths of everything in a folder."""
    return sorted(each.relative_to(folder).as_posix() for each in Path(folder).rglob("*"))


def contents(folder: str) -> Mapping[str, Any]:
    """Return the types and rows of all Parquet files of an export."""
    found = {}
    for name, entry in manifest(folder).items():
        files = [f"{folder}/{each['path']}" for each in entry["files"]]
        with duckdb.connect() as connection:
            source = f"read_parquet({files}, hive_partitioning = false)"
            types = [row[:2] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
            rows = connection.execute(f"SELECT COLUMNS(*)::VARCHAR FROM {source}").fetchall()
        found[name] = (types, sorted(rows, key=str))
    return found


def lines(folder: str) -> Mapping[str, list[str]]:
    """Return the lines of all CSV files of an export, in an order of their own."""
    return {
        str(each.relative_to(folder)): sorted(each.read_text(encoding="utf-8").splitlines())
        for each in Path(folder).rglob("*.csv")
    }


@pytest.mark.usefixtures("views")
def test_files_are_the_same_as_those_of_a_database(make_database: Callable[[Path], Path]) -> None:
    """Their names, columns, types and rows, of each table and view; and nothing is there besides."""
    database = make_database(Path("data.duckdb"))
    with DuckDbWarehouse(database, has_views=False) as warehouse:
        fill(warehouse)
    outputs = {}

    for form, wanted in (("parquet", KNOWN), ("csv", TABLES)):
        only = [word for name in wanted for word in ("--only", name)]
        run(f"local-{form}", f"--{form}", *only, "--database", str(database))
        outputs[form] = in_project(f"cloud-{form}", f"--{form}", *only).output

        assert names(f"cloud-{form}") == names(f"local-{form}"), outputs[form]
    assert contents("cloud-parquet") == contents("local-parquet")
    assert lines("cloud-csv") == lines("local-csv")
    assert manifest("cloud-csv")["email_activities"]["rows"] == 4
    where = f"{DATASET} in the Google Cloud project {PROJECT}"
    assert f"{where}: to read 4 tables and views, BigQuery bills 0.0 GB at most: 0.0% of the TiB" in outputs["csv"]
    assert "  email_activities: 4 rows\n" in outputs["csv"]


@pytest.mark.usefixtures("bigquery_datasets")
def test_tables_are_read_as_of_one_moment(bigquery_url: str) -> None:
    """Also where their owner lets nobody read them without a filter on the partition."""
    with access(PROJECT, location="US", endpoint=bigquery_url, clock=SystemClock()) as opened_access:
        reads = opened_access.relation_reads(DATASET).plan([KNOWN["email_activities"], KNOWN["contacts"]])

    [activities_sql, contacts_sql] = [each.sql.partition(" FOR ")[2] for each in reads]
    moment, _, filtered = activities_sql.partition(" WHERE ")
    assert moment.startswith("SYSTEM_TIME AS OF TIMESTAMP '")
    assert filtered == "activity_date >= DATE '0001-01-01'"
    assert contacts_sql == moment


def test_columns_that_an_older_deployment_lacks_are_empty(own_dataset: str, bigquery_client: Client) -> None:
    """As in a database that has got them since."""
    table = bigquery.Table(f"{PROJECT}.{own_dataset}.contacts", schema=[bigquery.SchemaField("contact_id", "STRING")])
    bigquery_client.create_table(table)
    bigquery_client.query_and_wait(f"INSERT INTO {own_dataset}.contacts (contact_id) VALUES ('1')")

    result = in_project("out", "--parquet", "--only", "contacts", dataset=own_dataset)

    assert result.exit_code == 0, result.output
    with duckdb.connect() as connection:
        found = connection.execute("SELECT contact_id, email, tags FROM 'out/contacts.parquet'").fetchall()
    assert found == [("1", None, None)]


def test_what_is_not_there_or_cannot_be_read_is_named_before_anything_is_read(
    own_dataset: str, bigquery_client: Client
) -> None:
    """All of it at once, with what to do."""
    bigquery_client.query_and_wait(f"CREATE TABLE {own_dataset}.gone (a STRING)")
    bigquery_client.query_and_wait(f"CREATE VIEW {own_dataset}.users_in_use AS SELECT * FROM {own_dataset}.gone")
    bigquery_client.query_and_wait(f"DROP TABLE {own_dataset}.gone")

    with pytest.raises(SettingsError, match=r"odd.contacts is not in BigQuery: terraform apply creates"):
        in_project("out", "--csv", "--only", "contacts", "--only", "users_in_use", dataset=own_dataset)
    with pytest.raises(SettingsError, match=r"odd.users_in_use cannot be read: leave it out .*gone"):
        in_project("out", "--csv", "--only", "users_in_use", dataset=own_dataset)

    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("words", "dataset", "problem"),
    [
        (("--location", "EU"), DATASET, f"the dataset {DATASET} is in US, and not in EU: add --location US"),
        ((), "nowhere", f"there is no dataset nowhere in the project {PROJECT}"),
    ],
)
@pytest.mark.usefixtures("bigquery_datasets")
def test_a_dataset_elsewhere_is_said(words: tuple[str, ...], dataset: str, problem: str) -> None:
    """With the option that is missing."""
    with pytest.raises(SettingsError, match=problem):
        in_project("out", "--csv", "--only", "contacts", *words, dataset=dataset)


@pytest.mark.usefixtures("bigquery_datasets")
def test_more_than_a_tenth_of_a_tebibyte_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever says no, or cannot answer, has nothing read; `--yes` answers."""
    monkeypatch.setattr(project_export, "UNASKED_BYTES", 0)
    words = ("out", "--csv", "--only", "contacts")

    refused = [in_project(*words, answer=answer).exit_code for answer in ("n\n", "")]
    is_there = Path("out").exists()

    assert (refused, is_there) == ([1, 1], False)
    assert in_project(*words, "--yes").exit_code == 0


def test_pages_that_are_missing_are_noticed() -> None:
    """The files would be short of rows that BigQuery has found."""
    reads = RelationReads(reader=cast("BigQueryReader", ShortReader()), dataset=DATASET)
    read = RelationRead(relation=KNOWN["contacts"], sql="SELECT 1", max_bytes_billed=7)

    with pytest.raises(Unavailable, match="BigQuery sent 2 of 3 rows of contacts: try again"):
        list(reads.pages(read))
