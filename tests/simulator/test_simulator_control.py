"""The simulator's own paths: truth over HTTP, and levers."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from sendtrail.simulator import Account, Quirks
from tests.simulator.reader import Api


def _lines(api: Api, path: str, **params: object) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in api.get(f"/_simulator/{path}", **params).content.splitlines()]


def test_truth_comes_as_lines_of_json(account: Account, api: Api) -> None:
    """Each line is a row of the truth; `since` and `campaign_id` pick."""
    since, campaign = account.now.replace(month=2), account.campaigns[0].id

    everything, picked = _lines(api, "truth"), _lines(api, "truth", since=since.isoformat(), campaign_id=campaign)

    assert everything == orjson.loads(orjson.dumps(list(account.truth())))
    assert picked == orjson.loads(orjson.dumps(list(account.truth(since, campaign))))
    assert set(everything[0]) >= {"campaign_id", "event_type", "contact_id", "activity_timestamp", "times", "detail"}


def test_history_contacts_and_campaigns_come_as_lines_of_json(account: Account, api: Api) -> None:
    """The rest of the truth is there too."""
    account.pass_day()

    assert len(_lines(api, "history")) == len(list(account.history()))
    assert _lines(api, "contacts") == orjson.loads(orjson.dumps(list(account.contacts_truth())))
    assert _lines(api, "campaigns") == orjson.loads(orjson.dumps(list(account.campaigns_truth())))


def test_days_can_be_passed_over_http(account: Account, api: Api) -> None:
    """POST moves the account and tells its time."""
    started = account.now

    times = [
        api.session.post(f"{api.url}/_simulator/{name}").json() for name in ("pass_day", "pass_quiet_day", "settle")
    ]

    assert [time["now"] for time in times] == [f"2026-03-0{day}T12:00:00+00:00" for day in (2, 3, 3)]
    assert (account.now - started).days == 2


def test_hours_can_be_passed_and_contacts_deleted_over_http(account: Account, api: Api) -> None:
    """POST does it, and says no to what makes no sense."""
    contact = next(account.contacts_truth()).id
    asked = ("pass_quiet_hours?hours=6", f"delete_contact?id={contact}", f"delete_contact?id={contact}")
    senseless = ("pass_quiet_hours?hours=-1", "pass_quiet_hours?hours=some", "delete_contact")

    statuses = [api.session.post(f"{api.url}/_simulator/{name}").status_code for name in asked + senseless]

    assert statuses == [200, 200, 400, 400, 400, 400]
    assert account.now.hour == 18
    assert contact not in {told.id for told in account.contacts_truth()}


def test_unreadable_rows_come_as_lines_of_json(
    make_account: Callable[..., Account], connect: Callable[[Account], Api]
) -> None:
    """Each line is a row that nobody can read."""
    account = make_account(quirks=Quirks(bad_rows=("text",)))
    campaign = account.campaigns[0].id

    told = _lines(connect(account), "unreadable", campaign_id=campaign)

    assert told[0] == {"campaign_id": campaign, "message_id": "", "event_type": "open", "kind": "text"}
    assert len(told) == len(list(account.unreadable(campaign)))


def test_failures_can_be_injected_over_http(api: Api) -> None:
    """POST lets requests fail, and DELETE ends it."""
    failures = [{"kind": "unavailable", "times": None, "match": "tags"}]
    api.session.post(f"{api.url}/_simulator/failures", json=failures)
    failing = api.get("/api/3/tags").status_code
    api.session.delete(f"{api.url}/_simulator/failures")

    assert (failing, api.get("/api/3/tags").status_code) == (503, 200)


def test_nonsense_is_told_to_be_nonsense(api: Api) -> None:
    """A failure or an instant that cannot be read gives a 400 that says why."""
    refused = api.session.post(f"{api.url}/_simulator/failures", json=[{"kind": "earthquake"}])
    unread = api.get("/_simulator/truth", since="yesterday")

    assert (refused.status_code, unread.status_code) == (400, 400)
    assert "kind" in refused.json()["message"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("nonsense", "Invalid JSON"),
        ('{"kind": "slow"}', "list"),
        ('[{"kind": "earthquake"}]', "0.kind: Input should be 'forbidden'"),
        ('[{"kind": "slow", "tims": 3}]', "0.tims"),
    ],
)
def test_failures_that_cannot_be_read_are_answered_with_one_sentence(api: Api, body: str, said: str) -> None:
    """It says what is expected, and no more of the library that reads it."""
    refused = api.session.post(f"{api.url}/_simulator/failures", data=body)
    message = refused.json()["message"]

    assert refused.status_code == 400
    assert message.startswith('failures: give a JSON list such as [{"kind": "unavailable", "times": 3')
    assert said in message
    assert "\n" not in message
    assert "pydantic" not in message


def test_requests_can_be_read_one_by_one_and_forgotten(api: Api) -> None:
    """GET tells what came in and when; after DELETE counting starts anew, the simulator's own paths apart."""
    api.v3("tags")
    api.report("open", 1)
    seen = _lines(api, "requests")
    api.session.delete(f"{api.url}/_simulator/requests")

    assert [arrival["endpoint"] for arrival in seen] == ["/api/3/tags", "campaign_report_open_list"]
    assert seen[0]["at"] < seen[1]["at"]
    assert not seen[0]["refused"]
    assert _lines(api, "requests") == []
    assert api.get("/_simulator/stats").json()["requests"] == 0
