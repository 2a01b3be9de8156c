"""Rows that somebody deletes from the file are noticed by the next sync, whatever it was asked for, and read again."""

import logging
from collections.abc import Callable

import duckdb
import pytest

from sendtrail.domain.campaign_report import Report
from tests.e2e.conftest import Pipeline

Make = Callable[..., Pipeline]
ALL, OPENS = "TRUE", "event_type = 'open'"
DAY_S, HOUR_S = 86_400, 3_600
LEDGER = ("stored_rows/%", "row_baselines/%", "warehouses/%")


@pytest.fixture
def line(pipeline: Make) -> Pipeline:
    """Give an account that was synced completely, and whose campaigns are at rest."""
    line = pipeline()
    line.sync()
    return line


def delete(line: Pipeline, condition: str) -> set[int]:
    """Delete rows from the file as a person does, and return the campaigns that had any of them."""
    with duckdb.connect(line.database) as connection:
        sql = f"DELETE FROM marketing_ai.email_activities WHERE {condition} RETURNING campaign_id"
        return {campaign_id for (campaign_id,) in connection.execute(sql).fetchall()}


def plain(line: Pipeline) -> set[int]:
    """Sync without any option about the range, an hour later, and return the campaigns that were read."""
    line.clock.advance(HOUR_S)
    result = line.sync(all=None, contacts=False)
    assert result.failures == ()
    return {int(subject) for subject in result.fates}


def test_an_emptied_table_is_filled_again(line: Pipeline, caplog: pytest.LogCaptureFixture) -> None:
    """All that had rows is read as far back as before, and one sentence says so."""
    lost = delete(line, ALL)

    with caplog.at_level(logging.WARNING):
        assert plain(line) == lost != set()

    line.assert_equal()
    assert [message for message in caplog.messages if "have lost rows" in message]
    assert plain(line) == set()


def test_the_rows_of_one_campaign_cost_one_campaign(line: Pipeline) -> None:
    """A few rows are enough."""
    lost = delete(line, f"{OPENS} AND campaign_id = (SELECT max(campaign_id) FROM marketing_ai.email_activities)")

    assert plain(line) == lost
    assert len(lost) == 1
    line.assert_equal()


def test_a_loss_is_not_hidden_by_growth(line: Pipeline) -> None:
    """More rows came than were deleted before the next sync looked."""
    line.account.pass_day()
    line.clock.advance(DAY_S)
    line.sync()
    lost = delete(line, f"{OPENS} AND contact_id IN (SELECT min(contact_id) FROM marketing_ai.email_activities)")
    line.account.pass_day()
    line.clock.advance(DAY_S)

    assert plain(line) >= lost != set()

    there = line.activities()
    assert line.prove()[0].missing == 0, line.prove()
    assert len(there) == len(set(there))


@pytest.mark.parametrize("off_by_h", [-30, 30])
def test_a_loss_that_is_found_by_a_wrong_clock_is_read_once(line: Pipeline, off_by_h: int) -> None:
    """Neither does an audit of later than that hide it, nor is it read at each run until that time has come."""
    lost = delete(line, ALL)
    line.clock.advance(off_by_h * HOUR_S)

    assert plain(line) == lost
    line.assert_equal()

    line.clock.advance(-off_by_h * HOUR_S)
    for _ in range(2):
        plain(line)
    assert plain(line) == set()


def test_a_file_of_an_earlier_version_that_was_emptied_is_filled(line: Pipeline) -> None:
    """It never counted what it merged: that campaigns were synced and nothing is stored says enough."""
    with duckdb.connect(line.database) as connection:
        for pattern in LEDGER:
            connection.execute(
                "DELETE FROM sendtrail_internal.state_documents WHERE path LIKE $path", {"path": pattern}
            )
    lost = delete(line, ALL)

    assert plain(line) == lost

    line.assert_equal()


def test_a_sync_that_finds_all_in_place_reads_next_to_nothing(line: Pipeline) -> None:
    """Also when everything is counted, once a week: a campaign shows whether the counters of a report move at all."""
    for _ in range(3):
        line.clock.advance(8 * DAY_S)
        result = line.sync(all=None, contacts=False)

    assert result.campaigns.total() <= len(Report)
    assert line.stats.requests < 20
    assert line.stats.activities_new == 0
