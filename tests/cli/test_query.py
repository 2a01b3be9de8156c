"""`sendtrail query` on a DuckDB file and on BigQuery, run as a person runs it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
from typer import Typer
from typer.testing import CliRunner

from sendtrail.cli.query import printer, query
from sendtrail.errors import SettingsError
from tests.gcp.fixtures import PROJECT
from tests.views.cases import Rows
from tests.views.engines import BigQueryEngine, DuckDbEngine

app = Typer()
app.command()(query)
DATASET = "queried"
ROWS: Rows = {
    "contacts": [{"contact_id": "1", "tags": ["vip", "søk"], "created_date": "2025-03-03T12:00:00Z"}],
    "campaigns": [{"campaign_name": "[red]Spring, [/red] sale", "sent_at": "2025-05-29T12:00:00Z", "opens": 4}],
    "email_activities": [
        {"event_type": "open", "activity_timestamp": "2025-05-30T12:00:00Z", "detail": {"type": "hard"}},
    ],
}


@dataclass(frozen=True, kw_only=True)
class Place:
    """A warehouse with one row per table: the options that name it, and its dataset."""

    options: Sequence[str]
    dataset: str

    def ask(self, sql: str, *options: str) -> str:
        """Return what a query prints; raise what it raises."""
        result = CliRunner().invoke(app, [sql.format(d=self.dataset), *self.options, *options])
        if isinstance(result.exception, SettingsError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output


@pytest.fixture(scope="module", params=["duckdb", "bigquery"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Give each warehouse, filled once."""
    if request.param == "bigquery":
        BigQueryEngine(DATASET, client=request.getfixturevalue("bigquery_client")).fill(ROWS)
        return Place(options=["--project", PROJECT], dataset=DATASET)
    path = tmp_path_factory.mktemp("queried") / "warehouse.duckdb"
    engine = DuckDbEngine(DATASET, path=path)
    engine.fill(ROWS)
    engine.connection.close()
    return Place(options=["--database", str(path)], dataset=DATASET)


@pytest.fixture
def place(request: pytest.FixtureRequest, filled: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Give the warehouse, in a folder without settings."""
    monkeypatch.chdir(tmp_path)
    if filled.options[0] == "--project":
        monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", request.getfixturevalue("bigquery_url"))
    return filled


def test_a_table_shows_every_value_as_it_is(place: Place) -> None:
    """Brackets are not a style, lists and JSON are JSON, and NULL is empty."""
    shown = place.ask(
        "SELECT c.campaign_name, t.tags, a.detail, a.link_id FROM {d}.campaigns AS c"
        " CROSS JOIN {d}.contacts AS t CROSS JOIN {d}.email_activities AS a"
    )

    for text in ("campaign_name", "[red]Spring, [/red] sale", '["vip","søk"]', '{"type":"hard"}'):
        assert text in shown
    assert "None" not in shown


def test_csv_can_be_read_by_others(place: Place) -> None:
    """Commas are quoted, times are aware, and NULL is empty."""
    shown = place.ask("SELECT campaign_name, sent_at, last_sent_at, opens FROM {d}.campaigns", "--csv")

    assert shown.splitlines() == [
        "campaign_name,sent_at,last_sent_at,opens",
        '"[red]Spring, [/red] sale",2025-05-29 12:00:00+00:00,,4',
    ]


def test_json_is_one_object_per_line(place: Place) -> None:
    """Lists stay lists, times are ISO 8601, and exact numbers are text, so that nothing is lost."""
    shown = place.ask(
        "SELECT contact_id, tags, created_date, phone, CAST('1.10' AS NUMERIC) AS exact FROM {d}.contacts", "--json"
    )

    [row] = [orjson.loads(line) for line in shown.splitlines()]
    assert row == {
        "exact": "1.1",
        "contact_id": "1",
        "tags": ["vip", "søk"],
        "created_date": "2025-03-03T12:00:00+00:00",
        "phone": None,
    }


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM {d}.contacts WHERE TRUE",
        "SELECT 1; DELETE FROM {d}.contacts WHERE TRUE",
        "DROP TABLE {d}.contacts",
        "SELECT nothing_of_that_name FROM {d}.contacts",
        "nonsense",
    ],
)
def test_anything_but_a_select_is_refused_and_changes_nothing(place: Place, sql: str) -> None:
    """Even if the user has permission to change the data."""
    with pytest.raises(SettingsError, match="the query cannot be run: "):
        place.ask(sql)

    assert place.ask("SELECT COUNT(*) AS n FROM {d}.contacts", "--csv") == "n\n1\n"


@pytest.mark.parametrize("forms", [("--csv", "--json"), ("--csv", "--vertical"), ("--json", "--vertical")])
def test_forms_exclude_each_other(place: Place, forms: Sequence[str]) -> None:
    """One of them can be chosen."""
    with pytest.raises(SettingsError, match="one of --csv, --json and --vertical"):
        place.ask("SELECT 1 AS one", *forms)


def test_a_wide_row_is_a_line_per_value(place: Place) -> None:
    """Names in one column, values in the next."""
    shown = place.ask("SELECT 1 AS a, NULL AS b, 'text' AS longer", "--vertical")

    assert shown.splitlines()[:4] == ["-- row 1", "a       1", "b", "longer  text"]


@pytest.mark.parametrize(("limit", "is_more"), [("2", True), ("3", False)])
def test_a_limit_says_when_there_is_more(place: Place, limit: str, is_more: bool) -> None:
    """Nobody takes a part for the whole."""
    shown = place.ask("SELECT x FROM UNNEST([1, 2, 3]) AS x", "--csv", "--limit", limit)

    more = f"There are more rows than the {limit} of --limit."
    assert [line for line in shown.splitlines() if line != more] == ["x", "1", "2", "3"][: int(limit) + 1]
    assert (more in shown) == is_more


def test_a_table_says_where_it_is_from(place: Place) -> None:
    """An absolute path, or the project; not where a program reads the output."""
    named = place.options[1] if place.options[0] == "--project" else str(Path(place.options[1]).absolute())

    assert named in place.ask("SELECT 1 AS one")
    assert named not in place.ask("SELECT 1 AS one", "--csv")


HOSTILE = "A\x1b]0;x\x07B\x9b31m\u202eC\x7f"


def test_a_table_holds_nothing_that_commands_a_terminal(place: Place) -> None:
    """People type names, and a file keeps them as they are: C0, C1 and what turns the direction are blanks here."""
    codes = ", ".join(str(ord(each)) for each in HOSTILE)
    sql = f"SELECT {' || '.join(f'CHR({code})' for code in codes.split(', '))} AS name"

    table, as_csv = place.ask(sql), place.ask(sql, "--csv")

    assert "A ]0;x B 31m C" in table
    assert all(each.isprintable() for each in table.replace("\n", ""))
    assert HOSTILE in as_csv


@pytest.mark.parametrize(("columns", "is_advised"), [(3, False), (30, True)])
def test_a_table_of_too_many_columns_names_the_other_form(
    columns: int, *, is_advised: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside the table, which is as it was."""
    monkeypatch.setenv("COLUMNS", "80")
    names = [f"name_{number}" for number in range(columns)]

    printer(as_csv=False, as_json=False)(names, [list(range(columns))])

    printed = capsys.readouterr()
    assert ("--vertical" in printed.err) is is_advised
    assert "--vertical" not in printed.out
