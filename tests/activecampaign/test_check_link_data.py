"""Link data: there for some accounts only, and nothing that a sync needs."""

import pytest

from sendtrail.activecampaign.check.account_check import AccountCheck
from sendtrail.activecampaign.check.finding import Finding
from tests.activecampaign.conftest import Serve
from tests.activecampaign.scripted_account import THE_END, CountingBudget, Received, Reply, a_connection, as_json
from tests.fakes import FakeClock

CAMPAIGN = {"id": "7", "name": "Spring", "status": "5", "send_amt": "10", "opens": "0", "uniqueopens": "0"}
FORBIDDEN, NOT_FOUND = as_json({"message": "Forbidden"}, status=403), as_json({"message": "No Result"}, status=404)
LINKS = as_json({"links": [{"id": "31", "link": "open"}], "meta": {"total": "1"}})
NO_LINKS = as_json({"links": [], "meta": {"total": "0"}})
LINK_DATA = as_json({"linkData": [{"id": "1", "email": "ann@example.com"}], "meta": {"total": "1"}})


def link_data(serve: Serve, *, links: Reply, data: Reply) -> Finding:
    """Look at an account that answers the link data family like this."""

    def answer(received: Received) -> Reply:
        path = received.target.partition("?")[0]
        if path.startswith("/admin"):
            return THE_END
        name = path.rpartition("/")[2]
        if name in ("links", "linkData"):
            return links if name == "links" else data
        return as_json({name: [CAMPAIGN] if name == "campaigns" and "offset=0" in received.target else []})

    account = AccountCheck(a_connection(serve(answer).url), budget=CountingBudget(), clock=FakeClock())
    (found,) = [each for each in account.findings(account.observe(contacts=False)) if each.name == "link data (v3)"]
    return found


def test_link_data_that_is_there_is_seen(serve: Serve) -> None:
    """Of a campaign's first link."""
    found = link_data(serve, links=LINKS, data=LINK_DATA)

    assert found.facts == {"has_links": True, "has_link_data": True}
    assert found.seen == "answered"


@pytest.mark.parametrize(("reply", "seen"), [(FORBIDDEN, "refused"), (NOT_FOUND, "not found")])
def test_link_data_that_is_refused_is_not_for_this_account(serve: Serve, reply: Reply, seen: str) -> None:
    """Whether by a 403 or a 404."""
    found = link_data(serve, links=LINKS, data=reply)

    assert (found.seen, found.is_ok) == (seen, True)
    assert found.facts == {"has_links": True, "has_link_data": False}
    assert "not for this account" in found.meaning


def test_link_data_in_trouble_cannot_be_told(serve: Serve) -> None:
    """A failure that may pass is no refusal."""
    found = link_data(serve, links=LINKS, data=Reply(status=503))

    assert (found.seen, found.is_ok) == ("no usable answer", None)


def test_a_campaign_without_links_shows_nothing(serve: Serve) -> None:
    """It cannot be told."""
    assert link_data(serve, links=NO_LINKS, data=LINK_DATA).is_ok is None
