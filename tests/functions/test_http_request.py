"""What the dispatcher is asked for, and by what name the run is known."""

import pytest

from dispatcher.http_request import run_id_of
from sendtrail.errors import BadMessage
from tests.fakes import NOON

TIME = {"X-CloudScheduler-ScheduleTime": "2025-06-01T12:00:00Z"}


@pytest.mark.parametrize(
    ("headers", "run_id"),
    [
        ({}, "20250601T120000Z-0123abcd"),
        (TIME, "20250601T120000Z"),
        ({"x-cloudscheduler-scheduletime": "2025-06-01T14:00:00.5+02:00"}, "20250601T120000Z"),
        ({**TIME, "X-CloudScheduler-JobName": "sendtrail-campaigns"}, "20250601T120000Z-sendtrail-campaigns"),
        ({**TIME, "X-CloudScheduler-JobName": "projects/p/locations/l/jobs/daily"}, "20250601T120000Z-daily"),
        ({**TIME, "X-CloudScheduler-JobName": "../ä" + 80 * "x"}, "20250601T120000Z-" + 40 * "x"),
    ],
)
def test_a_run_is_known_by_its_job_and_schedule_time(headers: dict[str, str], run_id: str) -> None:
    """Without a schedule time each call is a run of its own."""
    assert run_id_of(headers, now=NOON, new_token="0123abcdef") == run_id


def test_a_schedule_time_that_is_none_is_refused() -> None:
    """Rather than being taken for a run of its own each time."""
    with pytest.raises(BadMessage, match="is no time"):
        run_id_of({"X-CloudScheduler-ScheduleTime": "noon"}, now=NOON, new_token="t")
