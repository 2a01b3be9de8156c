"""The connection documents, read from a state in memory."""

import logging
from typing import Any

import pytest
from pydantic import SecretStr

from sendtrail.errors import SettingsError
from sendtrail.state.connections import Connections
from tests.fakes import MemoryState

URL = "https://acme.api-us1.com"
SECRET = "projects/p/secrets/acme-key"


def connections(**documents: dict[str, Any]) -> Connections:
    """Return the connections that these documents describe."""
    state = MemoryState()
    state.documents = {f"activecampaign_connections/{name}": document for name, document in documents.items()}
    return Connections(state, read_secret=lambda reference: SecretStr(f"key of {reference}"))


def test_a_connection_names_its_key() -> None:
    """The key comes from Secret Manager, the rest from the document."""
    found = connections(
        acme={"apiUrl": f"{URL}/", "apiKeySecret": SECRET, "timeZone": "Europe/Berlin", "requestsPerSecond": 4}
    ).load("acme")

    assert (found.organization_id, found.api_url, found.time_zone.key) == ("acme", URL, "Europe/Berlin")
    assert found.requests_per_second == 4
    assert found.api_key.get_secret_value() == f"key of {SECRET}"


def test_fields_of_a_later_version_are_ignored() -> None:
    """An operator may write them before the last function is deployed."""
    document = {"apiUrl": URL, "apiKeySecret": SECRET}

    found = connections(acme={**document, "addedLater": {"of": "whatever kind"}}).load("acme")

    assert found == connections(acme=document).load("acme")


def test_a_key_in_the_document_works_and_is_warned_about(caplog: pytest.LogCaptureFixture) -> None:
    """The warning says what to do, and does not contain the key."""
    with caplog.at_level(logging.WARNING):
        found = connections(acme={"apiUrl": URL, "apiKey": "s3cret"}).load("acme")

    assert found.api_key.get_secret_value() == "s3cret"
    assert "apiKeySecret" in caplog.text
    assert "s3cret" not in caplog.text


def test_every_problem_is_named_at_once() -> None:
    """A person can fix a document in one go; its values are not repeated."""
    broken = {"apiUrl": "http://acme.api-us1.com", "timeZone": "Mars", "requestsPerSecond": 0, "apiKey": ""}

    with pytest.raises(SettingsError) as raised:
        connections(acme=broken).load("acme")

    fields = [problem.split(": ")[1] for problem in raised.value.problems]
    assert sorted(fields) == ["apiKeySecret", "apiUrl", "requestsPerSecond", "timeZone"]
    assert all(problem.startswith("activecampaign_connections/acme: ") for problem in raised.value.problems)


@pytest.mark.parametrize("keys", [{}, {"apiKey": "k", "apiKeySecret": SECRET}])
def test_one_key_is_given(keys: dict[str, str]) -> None:
    """Neither none nor two."""
    with pytest.raises(SettingsError, match="give one of them"):
        connections(acme={"apiUrl": URL, **keys}).load("acme")


def test_a_key_that_names_no_secret_is_not_asked_for() -> None:
    """A key put where its name belongs is not sent anywhere, nor shown."""
    with pytest.raises(SettingsError) as raised:
        connections(acme={"apiUrl": URL, "apiKeySecret": "0123456789abcdef"}).load("acme")

    assert "0123456789abcdef" not in str(raised.value)


def test_an_account_without_a_document_is_a_problem_of_the_settings() -> None:
    """The sentence names the path."""
    with pytest.raises(SettingsError, match="activecampaign_connections/nobody: there is no such document"):
        connections().load("nobody")


def test_accounts_that_are_switched_off_are_left_out() -> None:
    """An invalid document is listed: its own run says what is wrong with it."""
    found = connections(off={"enabled": False}, acme={"apiUrl": URL}, broken={"enabled": "perhaps"}).enabled()

    assert found == ["acme", "broken"]
