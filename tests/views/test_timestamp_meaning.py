"""timestamp_meaning says what a sync concludes: the same evidence, and the same verdict."""

from datetime import date

from sendtrail.domain.timestamp_meaning import TimestampEvidence, timestamp_meaning
from sendtrail.local.duckdb_sql import statement
from tests.views.engines import duckdb_with_cases


def test_the_evidence_is_what_a_sync_counts() -> None:
    """Over every account of the cases, from the first day on."""
    engine = duckdb_with_cases(gives_views=False)
    evidence = statement("email_activities/timestamp_evidence", dataset=engine.dataset)
    rows = engine.read("timestamp_meaning")
    accounts = {row["organization_id"] for row in rows}

    counted = {
        (account, event_type): (moved, stood)
        for account in accounts
        for event_type, moved, stood in engine.connection.execute(
            evidence, {"organization_id": account, "first_date": date.min}
        ).fetchall()
    }

    shown = {(row["organization_id"], row["event_type"]): (row["moved"], row["stood"]) for row in rows}
    assert max(counted.values()) > (0, 0)
    assert {key: found for key, found in shown.items() if found != (0, 0)} == {
        key: found for key, found in counted.items() if found != (0, 0)
    }


def test_the_verdict_is_a_syncs() -> None:
    """Of every account, those on either side of each bound among them."""
    rows = duckdb_with_cases(gives_views=False).read("timestamp_meaning")

    verdicts = {timestamp_meaning(TimestampEvidence(moved=row["moved"], stood=row["stood"])) for row in rows}

    assert len(verdicts) == 3
    assert all(
        row["meaning"] == timestamp_meaning(TimestampEvidence(moved=row["moved"], stood=row["stood"])) for row in rows
    )
