"""What the dispatcher is asked for, and by what name the run is known."""

import pytest

from dispatcher.http_request import read_request, run_id_of
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


def test_groups_share_all_accounts() -> None:
    """Each account is in one of them, and stays in it when others come."""
    accounts = [f"account-{number}" for number in range(20)]
    bodies = [b'{"groups": 4, "group": %d}' % group for group in range(4)]

    groups = [read_request(body).accounts(lambda: accounts) for body in bodies]

    assert sorted(account for group in groups for account in group) == sorted(accounts)
    assert max(map(len, groups)) <= 8
    more = [read_request(body).accounts(lambda: [*accounts, "another"]) for body in bodies]
    assert all(set(group) <= set(grown) for group, grown in zip(groups, more, strict=True))


def test_without_groups_every_account_is_dispatched() -> None:
    """And a named one alone, whichever group it is in."""
    assert read_request(b"{}").accounts(lambda: ["acme", "bolt"]) == ["acme", "bolt"]
    assert read_request(b'{"organization_id": "acme", "groups": 4}').accounts(list) == ["acme"]


@pytest.mark.parametrize("body", [b'{"groups": 4, "group": 4}', b'{"group": 1}', b'{"groups": 0}', b'{"group": -1}'])
def test_a_group_that_is_none_is_refused(body: bytes) -> None:
    """Rather than dispatching nobody for ever."""
    with pytest.raises(BadMessage, match="group"):
        read_request(body)
