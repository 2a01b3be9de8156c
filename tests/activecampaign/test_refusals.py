"""What an account's refusals come to: a wrong key, a missing permission, and words that are safe to show."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.activecampaign.account import Account
from sendtrail.activecampaign.http.account_words import Mask
from sendtrail.activecampaign.http.retries import RetryPolicy
from sendtrail.activecampaign.http.session import session_of
from sendtrail.domain.campaign_report import Report
from sendtrail.errors import KeyRefused, PermissionRefused, Rejected
from tests.activecampaign.conftest import Connect, Serve
from tests.activecampaign.scripted_account import (
    NOT_ALLOWED,
    THE_END,
    CountingBudget,
    Received,
    Reply,
    Script,
    a_connection,
    a_query,
    as_json,
    refusal,
)
from tests.fakes import FakeClock

KEY = "s3cret+k3y/0123456789"
REFUSALS = {
    "401": Reply(status=401),
    "403": as_json({"message": "Forbidden"}, status=403),
    "XML": NOT_ALLOWED,
    "JSON": refusal("You are not authorized to access this file"),
}


def refusing(reply: Reply, *, action: str) -> Callable[[Received], Reply]:
    """Refuse one action of v1, and answer all others."""
    return lambda received: reply if action in received.target else THE_END


@pytest.mark.parametrize("name", REFUSALS)
def test_one_action_refused_while_others_work_is_a_permission(serve: Serve, connect: Connect, name: str) -> None:
    """The key is right: its user may not do this."""
    account = connect(serve(refusing(REFUSALS[name], action="bounce_list")).url)
    list(account.read(a_query(Report.OPENS, expected_rows=0)))

    with pytest.raises(PermissionRefused, match="no permission for campaign_report_bounce_list"):
        list(account.read(a_query(Report.BOUNCES)))


def test_an_action_that_is_refused_again_and_again_is_left_alone(serve: Serve, connect: Connect) -> None:
    """The reason is the same for every campaign, so that it can be reported once."""
    peer = serve(refusing(NOT_ALLOWED, action="bounce_list"))
    account = connect(peer.url)
    list(account.read(a_query(Report.OPENS, expected_rows=0)))
    reasons, requests_made = set(), []
    for campaign_id in range(1, 6):
        with pytest.raises(PermissionRefused) as refused:
            list(account.read(replace(a_query(Report.BOUNCES), campaign_id=campaign_id)))
        reasons.add(str(refused.value))
        requests_made.append(len(peer.received))

    assert len(reasons) == 1
    assert requests_made[2] == requests_made[4]


@pytest.mark.parametrize("name", REFUSALS)
def test_a_key_that_never_worked_is_a_wrong_key(serve: Serve, connect: Connect, name: str) -> None:
    """Nothing speaks for it."""
    with pytest.raises(KeyRefused):
        list(connect(serve(Script(REFUSALS[name])).url).read(a_query()))


def test_a_key_that_worked_for_the_same_action_is_a_wrong_key_now(serve: Serve, connect: Connect) -> None:
    """It was permitted before: the key itself was revoked."""
    account = connect(serve(Script(THE_END, NOT_ALLOWED)).url)
    list(account.read(a_query(expected_rows=0)))

    with pytest.raises(KeyRefused):
        list(account.read(a_query(expected_rows=0)))


def test_a_missing_permission_is_a_rejection() -> None:
    """It does not pass by itself, and is not a wrong key."""
    assert issubclass(PermissionRefused, Rejected)
    assert not issubclass(PermissionRefused, KeyRefused)


SPELLINGS = {
    "as it is": KEY,
    "in capitals": KEY.upper(),
    "wrapped": f"{KEY[:5]}\n  {KEY[5:]}",
    "with a blank everywhere": " ".join(KEY),
    "with invisible characters": "\u200b".join(KEY),
    "in a URL": quote(KEY, safe=""),
    "escaped slashes": KEY.replace("/", "\\/"),
    "all of it escaped": "".join(f"\\u{ord(character):04x}" for character in KEY),
    "in HTML": "".join(f"&#{ord(character)};" for character in KEY),
    "with escaped line ends": "\\n".join((KEY[:7], KEY[7:])),
}


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize(
    "reply",
    [
        refusal,
        lambda words: as_json({"message": words}, status=403),
        lambda words: as_json({"errors": [{"title": words}]}, status=422),
        lambda words: Reply(body=f"<root><error>{words}</error></root>".encode()),
        lambda words: Reply(status=500, body=words.encode()),
    ],
    ids=["v1", "403", "422", "XML", "plain"],
)
def test_the_key_is_in_no_message(
    serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture, reply: Callable[[str], Reply], name: str
) -> None:
    """However the account quotes it."""
    account = connect(serve(Script(reply(f"the key {SPELLINGS[name]} may not"))).url, key=KEY)

    with pytest.raises(Exception, match=r"the key \*\*\* may not"):
        list(account.read(a_query()))

    assert "3cret" not in caplog.text.lower()


@given(words=st.text(), key=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8))
def test_no_words_can_carry_a_key_or_a_control_character(words: str, key: str) -> None:
    """Neither the terminal nor a log is at the mercy of the account."""
    shown = Mask(key)(f"{words} {key} {words}")

    assert key not in shown
    assert shown.isprintable()


def test_a_long_line_without_blanks_is_masked_in_no_time() -> None:
    """A pattern that went back and forth over it would take hours."""
    assert Mask(KEY)("a" * 4_000_000 + "@") == "<e-mail>"


def test_a_row_that_cannot_be_read_is_kept_without_the_key(serve: Serve, connect: Connect) -> None:
    """Rows are stored as they came, but not with a secret."""
    content = {"0": {"subscriberid": "5", "note": KEY}, "result_code": 1, "result_message": "Success"}
    account = connect(serve(Script(as_json(content), THE_END)).url, key=KEY)

    (page,) = account.read(a_query())

    assert [row.raw for row in page.unreadable] == ['{"subscriberid": "5", "note": "***"}']


def test_no_netrc_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A password of another service would go to the account's host."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login other password other\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    request = requests.Request("GET", "https://acme.api-us1.com/api/3/campaigns")

    prepared = session_of("https://acme.api-us1.com").prepare_request(request)

    assert "Authorization" not in prepared.headers


def test_proxies_are_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """For https, as every tool does."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    session = session_of("https://acme.api-us1.com")

    settings = session.merge_environment_settings("https://acme.api-us1.com/", {}, True, None, None)

    assert settings["proxies"]["https"] == "http://proxy.example:3128"


@pytest.mark.parametrize(("key_from", "said"), [("SENDTRAIL_API_KEY_MAIN in .env", True), ("", False)])
def test_a_refused_key_is_named_by_the_setting_it_is_from(
    serve: Serve, budget: CountingBudget, clock: FakeClock, key_from: str, *, said: bool
) -> None:
    """Where that is known: of two that are set, a person may have changed the other one."""
    connection = replace(a_connection(serve(Script(Reply(status=403))).url, key=KEY), key_from=key_from)
    account = Account(connection, budget=budget, clock=clock, retries=RetryPolicy(attempts=1))

    with pytest.raises(KeyRefused) as refused:
        list(account.campaigns())

    assert ("the one in use is that of SENDTRAIL_API_KEY_MAIN in .env" in str(refused.value)) is said
    assert str(refused.value).startswith("campaigns: the account does not accept the API key")
