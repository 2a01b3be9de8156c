"""`sendtrail export`: files that other programs read, a manifest that says what they hold, and nothing half-written."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from sendtrail.cli.copies.export_command import export
from sendtrail.errors import SettingsError
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from tests.contracts.samples import activities, contact, contacts, opened
from tests.fakes import NOON

app = Typer()
app.command()(export)
ONLY = ["--only", "email_activities", "--only", "contacts", "--only", "conversions", "--only", "campaign_engagement"]


@pytest.fixture
def database(make_database: Callable[[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a database with activities of two months and two accounts, in a folder without settings."""
    monkeypatch.chdir(tmp_path)
    path = make_database(tmp_path / "data.duckdb")
    with DuckDbWarehouse(path, has_views=False) as warehouse:
        for moment, account in ((NOON, "acme"), (NOON.replace(month=1), "acme"), (NOON, "globex")):
            warehouse.merge(activities(opened(activity_timestamp=moment, organization_id=account)))
        warehouse.merge(contacts(contact()))
    return path


def run(*words: str, database: Path) -> Result:
    """Run the command; raise what is wrong with what was asked for."""
    result = CliRunner().invoke(app, [*words, "--database", str(database)])
    if isinstance(result.exception, SettingsError):
        raise result.exception
    assert result.exit_code == 0, result.output or result.exception
    return result


def manifest() -> dict[str, Any]:
    """Return what the manifest says."""
    found: dict[str, Any] = json.loads(Path("out/manifest.json").read_text(encoding="utf-8"))
    return found


def found(sql: str) -> list[Any]:
    """Return what a query on files finds."""
    with duckdb.connect() as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_every_row_is_in_the_files_that_the_manifest_names(form: str, database: Path) -> None:
    """With their hashes, and with what each column means."""
    output = run("out", f"--{form}", *ONLY, database=database).output

    tables = {each["name"]: each for each in manifest()["tables"]}
    rows = {name: each["rows"] for name, each in tables.items()}
    files = [file for each in tables.values() for file in each["files"]]
    assert rows == {"email_activities": 3, "contacts": 1, "conversions": 0, "campaign_engagement": 2}
    assert {file["path"] for file in files} == {
        path.relative_to("out").as_posix() for path in Path("out").rglob(f"*.{form}")
    }
    for file in files:
        assert hashlib.sha256(Path("out", file["path"]).read_bytes()).hexdigest() == file["sha256"]
    assert tables["contacts"]["columns"][0]["description"]
    assert tables["campaign_engagement"]["kind"] == "view"
    assert str(Path("out").absolute()) in output
    assert str(database) in output


def test_activities_are_split_by_account_and_month(database: Path) -> None:
    """Each file has the columns of the table, no more."""
    run("out", "--parquet", *ONLY, database=database)

    folders = sorted(each.parent.as_posix() for each in Path("out/email_activities").rglob("*.parquet"))
    months = ["organization=acme/month=2025-01", "organization=acme/month=2025-06", "organization=globex/month=2025-06"]
    assert folders == [f"out/email_activities/{month}" for month in months]
    [file, *_] = Path("out/email_activities").rglob("*.parquet")
    columns = found(f"DESCRIBE SELECT * FROM read_parquet('{file}', hive_partitioning = false)")
    described = next(each for each in manifest()["tables"] if each["name"] == "email_activities")["columns"]
    assert [name for name, *_ in columns] == [each["name"] for each in described]


def test_lists_are_json_in_csv(database: Path) -> None:
    """Whatever reads a CSV file knows no lists."""
    run("out", "--csv", "--only", "contacts", database=database)

    [(tags,)] = found("SELECT tags FROM read_csv('out/contacts.csv', all_varchar = true)")
    assert json.loads(tags) == ["vip", "søk"]


def test_an_export_overwrites_nothing(database: Path) -> None:
    """Whatever is there stays as it is."""
    Path("out").mkdir()

    with pytest.raises(SettingsError, match="out is there already, and is not overwritten"):
        run("out", "--parquet", database=database)

    assert list(Path("out").iterdir()) == []


def test_an_export_that_fails_leaves_nothing(database: Path) -> None:
    """Not even a part under another name."""
    with duckdb.connect(database) as connection:
        connection.execute("DROP VIEW marketing_ai.campaign_engagement")
    before = sorted(Path().iterdir())

    with pytest.raises(SettingsError, match=r"marketing_ai.campaign_engagement is not in .*data.duckdb: run sendtrail"):
        run("out", "--csv", *ONLY, database=database)

    assert sorted(Path().iterdir()) == before


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ((), "one of --parquet and --csv"),
        (("--parquet", "--csv"), "one of --parquet and --csv"),
        (("--csv", "--only", "nothing"), "--only: there is no nothing: `sendtrail tables` lists"),
    ],
)
def test_what_is_not_clear_is_asked_for(words: tuple[str, ...], problem: str, database: Path) -> None:
    """Before anything is written."""
    with pytest.raises(SettingsError, match=problem):
        run("out", *words, database=database)

    assert not Path("out").exists()
