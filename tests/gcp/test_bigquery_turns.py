"""What a worker is told whose time ended while it slept between two attempts at a job."""

from typing import Any, cast

import pytest

from sendtrail.errors import Busy, SendtrailError, Unavailable
from sendtrail.gcp.bigquery_errors import JobFailed
from sendtrail.gcp.bigquery_jobs import Job, Jobs
from tests.fakes import FakeClock

DEADLINE_S = 100.0
REFUSED = JobFailed({"reason": "quotaExceeded", "message": "too many dml statements outstanding against a table"}, [])


class SlowToWake(FakeClock):
    """The clock of an instance that is frozen while it sleeps, for longer than its delivery lasts."""

    def sleep(self, seconds: float, /) -> None:
        """Sleep for far too long."""
        super().sleep(seconds + DEADLINE_S)


@pytest.mark.parametrize(
    ("before", "expected"), [(REFUSED, Busy), (ConnectionError("no route"), Unavailable)], ids=["busy", "out"]
)
def test_who_wakes_too_late_is_told_what_stood_in_its_way(before: Exception, expected: type[SendtrailError]) -> None:
    """Only an outage opens the breaker of its instance."""
    clock = SlowToWake()
    end = clock.monotonic() + DEADLINE_S
    jobs = Jobs(cast("Any", None), clock=clock, seconds_left=lambda: end - clock.monotonic())

    def submit(_job_id: str, _timeout_s: float) -> Job:
        raise before

    with pytest.raises(expected):
        jobs.run("merge", submit)
