"""A machine whose clock is ahead during a sync: the account's own time is stored, so that nothing is spared later."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from sendtrail.domain.campaign_report import Report
from sendtrail.domain.timestamp_meaning import TimestampMeaning
from sendtrail.ports import Transaction
from sendtrail.simulator import serve
from sendtrail.state.account_status import read_status, write_status
from tests.e2e.conftest import Pipeline
from tests.fakes import WrongClock

Make = Callable[..., Pipeline]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def pass_days(line: Pipeline, days: int) -> None:
    """Let people open, click and subscribe for some days."""
    for _ in range(days):
        line.account.pass_day()
        line.clock.advance(DAY.total_seconds())


def rows_move(line: Pipeline) -> None:
    """Let the account be known for rows that move to their latest time, of which only the newest are read."""

    def work(transaction: Transaction) -> None:
        status = read_status(transaction, "main")
        assert status is not None
        meanings = dict.fromkeys((Report.OPENS, Report.CLICKS), TimestampMeaning.LAST)
        write_status(
            transaction, "main", replace(status, timestamp_meanings=meanings, timestamps_observed_at=line.clock.now())
        )

    with line.open() as run:
        run.adapters.services.state.transact(work)


@pytest.mark.parametrize("ahead_days", [1, 3])
def test_what_comes_until_a_stored_time_has_come_is_read(
    pipeline: Make, caplog: pytest.LogCaptureFixture, ahead_days: int
) -> None:
    """The clock is set, and the next sync is when the time of the one before seems to be right: it has no gap."""
    line, clock = pipeline(), WrongClock()
    line.clock = clock
    with serve(line.account, date=clock.right) as server:
        line.url = server.url
        line.sync()
        pass_days(line, 1)
        rows_move(line)
        clock.off_by = ahead_days * DAY
        with caplog.at_level(logging.WARNING):
            line.sync(all=None)
        clock.off_by = timedelta()
        pass_days(line, ahead_days)
        clock.advance(HOUR.total_seconds())

        line.sync(all=None)

    line.assert_equal()
    (warning,) = [message for message in caplog.messages if "machine's clock" in message]
    assert warning.startswith(f"this machine's clock is {ahead_days * DAY} ahead of the account's")


@pytest.mark.parametrize("off_by", [timedelta(), -DAY, HOUR / 60])
def test_a_clock_that_is_right_or_behind_is_believed(
    pipeline: Make, caplog: pytest.LogCaptureFixture, off_by: timedelta
) -> None:
    """A minute is no difference; a clock that is behind has the next sync read more."""
    line, clock = pipeline(), WrongClock()
    line.clock, clock.off_by = clock, off_by
    with serve(line.account, date=clock.right) as server, caplog.at_level(logging.WARNING):
        line.url = server.url
        line.sync()

    assert not [message for message in caplog.messages if "machine's clock" in message]
    line.assert_equal()
