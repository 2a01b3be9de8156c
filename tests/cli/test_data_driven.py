"""`sendtrail attribution data-driven` on a DuckDB file and on BigQuery, run as a person runs it."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner, Result

from sendtrail.cli.attribution import app
from sendtrail.errors import SettingsError
from tests.gcp.fixtures import PROJECT
from tests.views.cases import Row, Rows
from tests.views.engines import BigQueryEngine, DuckDbEngine

DATASET = "credited"
BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)
CAMPAIGNS = {1: "Welcome", 2: "=Sale"}
# Of a hundred people who click both campaigns, one after the other, sixty buy; of a hundred who click one, thirty.
BUYERS = {"1 > 2": 60, "1": 30}


def _rows() -> Rows:
    people = [(path, number) for path in BUYERS for number in range(100)]
    buyers = [f"{path} {number}" for path, number in people if number < BUYERS[path]]
    return {
        "campaigns": [{"campaign_id": campaign, "campaign_name": name} for campaign, name in CAMPAIGNS.items()],
        "email_activities": [
            _click(f"{path} {number}", int(campaign), hours)
            for path, number in people
            for hours, campaign in enumerate(path.split(" > "), start=24)
        ],
        "users": [{"user_id": f"{path} {number}", "contact_id": f"{path} {number}"} for path, number in people],
        "conversions": [
            _order("first", "nobody", 0),
            *(_order(f"of {who}", who, 48) for who in buyers),
            _order("last", "nobody", 24 * 60),
        ],
    }


def _click(who: str, campaign: int, hours: int) -> Row:
    at = (BEGINNING + timedelta(hours=hours)).isoformat()
    return {
        "event_type": "click",
        "contact_id": who,
        "contact_email": f"{who.replace(' ', '')}@example.com",
        "link_id": "1",
        "campaign_id": campaign,
        "activity_timestamp": at,
    }


def _order(conversion_id: str, who: str, hours: int) -> Row:
    at = (BEGINNING + timedelta(hours=hours)).isoformat()
    return {"conversion_id": conversion_id, "user_id": who, "converted_at": at}


@dataclass(frozen=True, kw_only=True)
class Place:
    """A warehouse with paths, and the options that name it."""

    options: Sequence[str]

    def ask(self, *options: str) -> Result:
        """Return what the command did; raise what it raises."""
        result = CliRunner().invoke(app, ["data-driven", *self.options, "--dataset", DATASET, *options])
        if isinstance(result.exception, SettingsError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result


@pytest.fixture(scope="module", params=["duckdb", "bigquery"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Give each warehouse, filled once."""
    engine: DuckDbEngine | BigQueryEngine
    if request.param == "bigquery":
        engine = BigQueryEngine(DATASET, client=request.getfixturevalue("bigquery_client"))
    else:
        path = tmp_path_factory.mktemp("credited") / "warehouse.duckdb"
        engine = DuckDbEngine(DATASET, path=path)
    engine.fill(_rows())
    for view in ("path_outcomes", "conversion_amounts", "campaigns_current"):
        engine.create(view)
    if isinstance(engine, BigQueryEngine):
        return Place(options=["--project", PROJECT])
    engine.connection.close()
    return Place(options=["--database", str(path)])


@pytest.fixture
def place(request: pytest.FixtureRequest, filled: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Give the warehouse, in a folder without settings."""
    monkeypatch.chdir(tmp_path)
    if filled.options[0] == "--project":
        monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", request.getfixturevalue("bigquery_url"))
    return filled


def test_campaigns_are_credited_by_what_their_paths_did(place: Place) -> None:
    """Alone 1 converts 30 %, with 2 it is 60 %: worked by hand, and the same on either warehouse."""
    rows = [orjson.loads(line) for line in place.ask("--json").stdout.splitlines()]

    credit = {(row["model"], row["campaign_name"]): row["credit"] for row in rows}
    # All that converts passes through 1 and two thirds through 2: 3 to 2. In the game of both, 2 adds nothing when it
    # comes first, as nobody clicked it alone, and 30 % when it comes second: 15 of 60.
    assert credit == {
        ("markov", "Welcome"): pytest.approx(54, abs=1e-6),
        ("markov", "=Sale"): pytest.approx(36, abs=1e-6),
        ("markov", None): 1,
        ("shapley", "Welcome"): pytest.approx(30 + 45, abs=1e-6),
        ("shapley", "=Sale"): pytest.approx(15, abs=1e-6),
        ("shapley", None): 1,
    }


def test_what_was_read_and_left_out_is_said(place: Place) -> None:
    """The conversions of the last lookback window have no counterpart yet; the sentence does not disturb a pipe."""
    result = place.ask("--csv", "--resamples", "20")

    assert "From 90 paths that led to a conversion and 110 that did not; 1 conversion" in result.stderr
    assert "1 is left out" in result.stderr
    columns, *rows = csv.reader(StringIO(result.stdout))
    assert columns == ["model", "campaign_id", "campaign_name", "credit", "low", "high", "share"]
    assert len(rows) == 6


def test_a_period_may_be_chosen(place: Place) -> None:
    """By when a path ended."""
    with pytest.raises(SettingsError, match="0 conversions followed a path"):
        place.ask("--ended-since", "2025-01-03", "--min-conversions", "1")
    with pytest.raises(SettingsError, match="0 conversions followed a path"):
        place.ask("--ended-before", "2025-01-02", "--min-conversions", "1")


def test_few_conversions_are_refused(place: Place) -> None:
    """With a sentence, and nothing printed that somebody could take for an answer."""
    with pytest.raises(SettingsError, match=r"90 conversions .* fewer than 91 say little"):
        place.ask("--min-conversions", "91")


def test_options_are_checked_together(place: Place) -> None:
    """Each problem by the option's name."""
    with pytest.raises(SettingsError) as raised:
        place.ask("--markov-order", "5", "--ended-since", "2025-03-01", "--ended-before", "2025-03-01", "--seed", "-1")

    assert [problem.partition(":")[0] for problem in raised.value.problems] == [
        "--ended-before", "--markov-order", "--seed",
    ]  # fmt: skip
