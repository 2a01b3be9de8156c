"""A contact that is asked for by its id: it is there, it is not, or the account does not say."""

import pytest

from sendtrail.activecampaign.account_memory import AccountMemory
from sendtrail.errors import NotFound, Rejected, Unreadable
from tests.activecampaign.conftest import Connect, Serve
from tests.activecampaign.scripted_account import Received, Reply, as_json

ROW = {"id": "5", "email": "ann@example.com", "deleted": "0", "anonymized": "1"}
ELSEWHERE = Reply(status=404, body=b"<html><body>Not here</body></html>")


def test_a_contact_is_read_by_its_id(serve: Serve, connect: Connect) -> None:
    """With what the list says of it, tags and lists aside."""
    peer, memory = serve(lambda _: as_json({"contact": ROW})), AccountMemory()

    found = connect(peer.url, memory=memory).contact(5)

    assert found is not None
    assert (found.contact_id, found.email, found.is_anonymized) == (5, "ann@example.com", True)
    assert [each.target for each in peer.received] == ["/api/3/contacts/5"]
    assert memory.answered_actions == {"/contacts/{id}"}


@pytest.mark.parametrize(
    "reply", [as_json({"message": "No Result found for Subscriber with id 5"}, status=404), ELSEWHERE]
)
def test_a_404_is_a_contact_that_is_not_there(serve: Serve, connect: Connect, reply: Reply) -> None:
    """Whatever its body says, and at once."""
    peer = serve(lambda _: reply)

    assert connect(peer.url).contact(5) is None
    assert len(peer.received) == 1


@pytest.mark.parametrize("content", [{}, {"contact": None}, {"contact": []}, {"contact": {**ROW, "id": "6"}}])
def test_an_answer_about_nobody_or_somebody_else_says_nothing(serve: Serve, connect: Connect, content: object) -> None:
    """Neither that the contact is there, nor that it is not; the error does not name it."""
    with pytest.raises(Unreadable, match=r"^a contact by its id: the answer has no contact of the id"):
        connect(serve(lambda _: as_json(content)).url).contact(5)


@pytest.mark.parametrize("status", [401, 403])
def test_a_contact_that_is_refused_is_refused_alone(serve: Serve, connect: Connect, status: int) -> None:
    """It may be hidden from the user: it is not asked for again, and others are asked for all the same."""

    def answer(received: Received) -> Reply:
        return as_json({"contact": ROW}) if received.target.endswith("/5") else as_json({}, status=status)

    peer = serve(answer)
    account = connect(peer.url)
    for _ in range(5):
        with pytest.raises(Rejected, match="a contact by its id: the account does not show it to the API user"):
            account.contact(6)

    assert len(peer.received) == 5
    assert account.contact(5) is not None


def test_whatever_else_is_not_found_is_rejected_as_before(serve: Serve, connect: Connect) -> None:
    """An API URL that leads to another server."""
    with pytest.raises(NotFound, match="is the API URL the one in ActiveCampaign"):
        connect(serve(lambda _: ELSEWHERE).url).contact_count()
