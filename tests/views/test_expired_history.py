"""What expiry takes from rows that are still stored: docs/attribution.md says so, docs/decisions.md what follows."""

from tests.views.cases import load_cases
from tests.views.engines import DuckDbEngine

CASE = load_cases()["machine_activity/known_scanner"]
# From this day on activities are stored; the e-mails that made the contact known as a scanner are from the days before.
STORED_SINCE = "2025-05-03"


def _machine_clicks(engine: DuckDbEngine, *, since: str) -> set[int]:
    """Return the campaigns in which contact 1 has a machine's click, if nothing older than a day is stored."""
    stored = [row for row in CASE.given["email_activities"] if row["activity_timestamp"] >= since]
    engine.fill({**CASE.given, "email_activities": stored})
    return {
        row["campaign_id"]
        for row in engine.read("machine_activity")
        if (row["contact_key"], row["event_type"], row["verdict"]) == ("1", "click", "machine")
    }


def test_a_scanner_is_forgotten_with_what_it_was_known_by(duckdb_engine: DuckDbEngine) -> None:
    """The clicks of the third e-mail are a machine's because of the first two: without those, they prove nothing."""
    assert 3 in _machine_clicks(duckdb_engine, since="")
    assert 3 not in _machine_clicks(duckdb_engine, since=STORED_SINCE)
