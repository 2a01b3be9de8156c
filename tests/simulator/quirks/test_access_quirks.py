"""What the key may not do, and what others ask for to check it."""

from collections.abc import Callable

import pytest

from sendtrail.simulator import Account, Quirks
from tests.simulator.reader import Api, read_activities, read_contacts

Connect = Callable[[Account], Api]
Make = Callable[..., Account]


def test_an_action_may_be_refused_for_ever(make_account: Make, connect: Connect) -> None:
    """The others are answered, and truth leaves out what nobody can read."""
    account = make_account(quirks=Quirks(no_permission=("campaign_report_bounce_list",)))
    api, campaign = connect(account), account.campaigns[0].id

    refused = [api.v1("bounce", campaign) for _ in range(3)]

    assert {(response.status_code, response.text[:13]) for response in refused} == {(200, "<not_allowed>")}
    assert account.counters(account.campaigns[0])["hardbounces"] > 0
    assert {row.event_type for row in account.truth()} == {"open", "click", "unsubscribe", "forward"}
    assert {row.event_type for row in account.history()} == {"open", "click", "unsubscribe", "forward"}
    assert sorted(map(repr, read_activities(api))) == sorted(map(repr, account.truth()))


@pytest.mark.parametrize("refusal", ["not_allowed", "status_403"])
def test_a_v3_path_may_be_refused(refusal: str, make_account: Make, connect: Connect) -> None:
    """It is a 403 either way, and there is no truth of the contacts."""
    quirks = Quirks(no_permission=("/api/3/contacts",), refusal=refusal)  # type: ignore[arg-type]
    account = make_account(quirks=quirks)
    api = connect(account)

    assert [api.get(f"/api/3/{name}").status_code for name in ("contacts", "contacts/5", "tags")] == [403, 403, 200]
    assert list(account.contacts_truth()) == []


def test_v1_may_refuse_with_a_403(make_account: Make, connect: Connect) -> None:
    """Rather than with XML."""
    account = make_account(quirks=Quirks(no_permission=("open_list", "link_list"), refusal="status_403"))
    api, campaign = connect(account), account.campaigns[0].id

    assert [api.v1(name, campaign).status_code for name in ("open", "link", "bounce")] == [403, 403, 200]


@pytest.mark.parametrize(("by_id", "status"), [("shown", 200), ("refused", 403), ("unknown", 404)])
def test_contacts_may_be_hidden_from_a_day_on(by_id: str, status: int, make_account: Make, connect: Connect) -> None:
    """Those who are on the hidden list alone; asked for by id, they are there, refused, or as if deleted."""
    account = make_account(quirks=Quirks(hidden_list=1, hidden_from_h=12, hidden_by_id=by_id))  # type: ignore[arg-type]
    api = connect(account)
    before = read_contacts(api)
    account.pass_quiet_day()
    after = read_contacts(api)

    hidden = {each.id for each in before} - {each.id for each in after}
    assert hidden == {str(each.id) for each in account.contacts if [number for number, _ in each.lists] == [1]} != set()
    assert after == list(account.contacts_truth())
    assert {api.get(f"/api/3/contacts/{each}").status_code for each in hidden} == {status}
    assert api.get(f"/api/3/contacts/{after[0].id}").status_code == 200


def test_clients_can_check_their_key(api: Api) -> None:
    """The root and the user of the key are there with the right key, and not without."""
    root, me = api.get("/api/3/"), api.v3("users/me")
    api.session.headers["Api-Token"] = "wrong"

    assert (root.status_code, root.json()["links"]["contacts"]) == (200, "/api/3/contacts")
    assert (me["user"]["id"], me["user"]["username"]) == ("1", "api")
    assert [api.get(f"/api/3/{path}").status_code for path in ("", "users/me")] == [403, 403]


def test_lists_say_when_they_were_made(api: Api) -> None:
    """Naive timestamps, as campaigns and contacts have them."""
    assert all(
        len(row["created_timestamp"]) == len(row["updated_timestamp"]) == len("2026-03-01 12:00:00")
        for row in api.v3("lists")["lists"]
    )
