"""The count of what is stored, on the embedded engine: tests/gcp runs the same statement on BigQuery's emulator."""

from collections import Counter

from sendtrail.local.duckdb_sql import statement
from tests.views.engines import duckdb_with_cases


def test_rows_are_counted_by_organization_and_campaign() -> None:
    """From the first day on, and of them from the second on."""
    engine = duckdb_with_cases(gives_views=False)
    dates = engine.connection.execute(
        f"SELECT organization_id, campaign_id, activity_date FROM {engine.dataset}.email_activities"
    ).fetchall()
    days = sorted(day for _, _, day in dates)
    first, lasting = days[len(days) // 10], days[-len(days) // 10]
    stored = Counter((organization, campaign) for organization, campaign, day in dates if day >= first)
    later = Counter((organization, campaign) for organization, campaign, day in dates if day >= lasting)

    counted = engine.connection.execute(
        statement("email_activities/stored_rows", dataset=engine.dataset),
        {"first_date": first, "lasting_date": lasting},
    ).fetchall()

    assert 0 < len(later) < len(stored)
    assert sorted(counted) == sorted((*key, number, later[key]) for key, number in stored.items())
