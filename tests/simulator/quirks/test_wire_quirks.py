"""The bytes of answers: what surrounds their JSON, their language, and text that is none."""

import json
from collections.abc import Callable

import pytest

from sendtrail.simulator import Account, Failure, FailureKind, Quirks
from tests.simulator.reader import Api, read_contacts

Connect = Callable[[Account], Api]
Make = Callable[..., Account]
MARK = b"\xef\xbb\xbf"


@pytest.mark.parametrize("marks", [1, 2])
def test_byte_order_marks_precede_every_body(marks: int, make_account: Make, connect: Connect) -> None:
    """v1, v3, errors and pages that are streamed begin with them, and their length is right."""
    account = make_account(quirks=Quirks(byte_order_marks=marks))
    api, campaign = connect(account), account.campaigns[0].id

    bodies = [api.get("/api/3/tags"), api.v1("open", campaign), api.v1("link", campaign), api.get("/api/3/nowhere")]

    assert [response.content.startswith(MARK * marks + b"{") for response in bodies] == [True] * 4
    assert all(json.loads(response.content.decode("utf-8").lstrip("\ufeff")) for response in bodies)


def test_blanks_surround_every_body(make_account: Make, connect: Connect) -> None:
    """There are blank lines before and after the JSON."""
    body = connect(make_account(quirks=Quirks(blanks_around_body=True))).get("/api/3/tags").content

    assert body != body.strip()
    assert json.loads(body)["tags"]


def test_php_warns_before_v1_answers(make_account: Make, connect: Connect) -> None:
    """The warning is HTML; v3 does without."""
    account = make_account(quirks=Quirks(php_warning=True))
    api = connect(account)

    warned, v3 = api.v1("open", account.campaigns[0].id), api.get("/api/3/tags")

    assert warned.text.startswith("<br />\n<b>Warning</b>:")
    assert b'{"0":{' in warned.content
    assert v3.content.startswith(b"{")


def test_what_is_no_json_stays_as_it_is(make_account: Make, connect: Connect) -> None:
    """The XML that refuses a key has neither marks nor warnings before it."""
    account = make_account(quirks=Quirks(php_warning=True, byte_order_marks=2, garbled_text="mixed"))
    api = connect(account)
    api.session.headers["Api-Token"] = "wrong"

    assert api.v1("open", account.campaigns[0].id).content.startswith(b"<not_allowed>")


@pytest.mark.parametrize(
    ("language", "end", "error"),
    [
        ("hungarian", "Sikertelen: Nincs visszaadott adat", "Sikertelen: Az adatbázis túlterhelt"),
        ("german", "Fehlgeschlagen: Es wurde nichts zurückgegeben", "Fehlgeschlagen: Die Datenbank ist ausgelastet"),
    ],
)
def test_v1_speaks_the_language_of_its_user(
    language: str, end: str, error: str, make_account: Make, connect: Connect
) -> None:
    """The end of the data, errors, success and refusals are in it; v3 stays English."""
    account = make_account(quirks=Quirks(language=language))  # type: ignore[arg-type]
    api, campaign = connect(account), account.campaigns[0].id
    account.fail(Failure(kind=FailureKind.RESULT_CODE_0))
    account.fail(Failure(kind=FailureKind.XML, after=1))

    failed, refused = api.report("open", campaign), api.v1("open", campaign)
    found, ended = api.report("open", campaign), api.report("open", campaign, page=9_999)

    assert (failed["result_code"], failed["result_message"]) == (0, error)
    assert (ended["result_code"], ended["result_message"]) == (0, end)
    assert "Success" not in found["result_message"]
    assert "not authorized" not in refused.text
    assert api.v3("campaigns/999999")["message"].startswith("No Result found")


@pytest.mark.parametrize(("kind", "bytes_"), [("surrogates", rb"\ud83d"), ("bytes", b"\xf0\x9f\x98")])
def test_text_can_be_garbled(kind: str, bytes_: bytes, make_account: Make, connect: Connect) -> None:
    """Names, addresses and links hold half an emoji, and truth what a careful reader makes of it."""
    account = make_account(quirks=Quirks(garbled_text=kind))  # type: ignore[arg-type]
    api, campaign = connect(account), account.campaigns[0].id

    bodies = {
        "campaign": api.get("/api/3/campaigns").content,
        "contact": api.get("/api/3/contacts").content,
        "open": api.v1("open", campaign, sort_direction="DESC").content,
        "link": api.v1("link", campaign).content,
    }

    assert all(bytes_ in body for body in bodies.values())
    assert any("\ufffd" in row.contact_email for row in account.truth())
    assert any("\ufffd" in row.link_url for row in account.truth())
    assert any("\ufffd" in told.name for told in account.campaigns_truth())
    assert read_contacts(api) == list(account.contacts_truth())


def test_both_halves_come_by_turns(make_account: Make, connect: Connect) -> None:
    """Mixed text is garbled either way."""
    body = connect(make_account(quirks=Quirks(garbled_text="mixed"))).get("/api/3/contacts", limit=50).content

    assert rb"\ud83d" in body
    assert b"\xf0\x9f\x98" in body
