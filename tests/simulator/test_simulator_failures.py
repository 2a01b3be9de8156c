"""Each kind of failure, and when it strikes."""

import gzip
import json
import socket
import time
from collections.abc import Callable

import orjson
import pytest
import requests

from sendtrail.simulator import Account, Failure, FailureKind, Plan
from sendtrail.simulator.failures import Injected
from sendtrail.simulator.plan import CampaignPlan
from tests.simulator.reader import Api, numbered

Connect = Callable[[Account], Api]
Make = Callable[..., Account]


def _strikes(failure: Failure, targets: list[str]) -> list[bool]:
    injected = Injected([failure])
    return [injected.due(target) is not None for target in targets]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (FailureKind.FORBIDDEN, 403),
        (FailureKind.RATE_LIMITED, 429),
        (FailureKind.SERVER_ERROR, 500),
        (FailureKind.UNAVAILABLE, 503),
    ],
)
def test_a_status_strikes_once_and_passes(kind: FailureKind, status: int, account: Account, api: Api) -> None:
    """A request fails with the status and a JSON body, and the next one does not."""
    account.fail(Failure(kind=kind))

    responses = [api.get("/api/3/tags") for _ in range(2)]

    assert [response.status_code for response in responses] == [status, 200]
    assert list(responses[0].json()) == ["message"]
    assert ("Retry-After" in responses[0].headers) == (status == 429)


@pytest.mark.parametrize(
    ("shape", "body"),
    [
        ("message", {"message": "Service Unavailable"}),
        ("objects", {"errors": [{"title": "Service Unavailable", "detail": "", "code": "simulated"}]}),
        ("strings", {"errors": ["Service Unavailable"]}),
    ],
)
def test_error_bodies_have_three_shapes(shape: str, body: object, account: Account, api: Api) -> None:
    """An error tells itself in the shape asked for."""
    account.fail(Failure(kind=FailureKind.UNAVAILABLE, shape=shape))  # type: ignore[arg-type]

    assert api.get("/api/3/tags").json() == body


@pytest.mark.parametrize(
    ("kind", "start"),
    [
        (FailureKind.EMPTY_BODY, ""),
        (FailureKind.XML, "<not_allowed><error>You are not authorized"),
        (FailureKind.HTML, "<!DOCTYPE html>"),
        (FailureKind.TRUNCATED_JSON, '{"tags":[{'),
    ],
)
def test_a_200_need_not_be_json(kind: FailureKind, start: str, account: Account, api: Api) -> None:
    """A response may be a 200 whose body cannot be read."""
    account.fail(Failure(kind=kind))

    response = api.get("/api/3/tags")

    assert response.status_code == 200
    assert response.text.startswith(start)
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(response.content)


def test_a_404_can_be_two_objects_in_a_row(account: Account, api: Api) -> None:
    """The body of a 404 may be JSON twice."""
    account.fail(Failure(kind=FailureKind.TWO_OBJECTS))

    response = api.get("/api/3/tags")

    assert response.status_code == 404
    assert response.text.count("}{") == 1


def test_a_redirect_points_to_another_host(account: Account, api: Api) -> None:
    """A response may lead elsewhere."""
    account.fail(Failure(kind=FailureKind.REDIRECT, location="https://elsewhere.invalid/"))

    response = api.get("/api/3/tags")

    assert (response.status_code, response.headers["Location"]) == (302, "https://elsewhere.invalid/")


@pytest.mark.parametrize("kind", [FailureKind.RESET_BEFORE, FailureKind.RESET_MID_BODY])
def test_a_connection_can_be_reset(kind: FailureKind, account: Account, api: Api) -> None:
    """The connection breaks before the first byte or in the middle of the body."""
    account.fail(Failure(kind=kind))

    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        api.get("/api/3/tags")
    assert api.get("/api/3/tags").status_code == 200


def test_a_streamed_page_can_break(make_account: Make, connect: Connect) -> None:
    """A link page that is streamed can be cut off as well."""
    account = make_account(plan=Plan(sizes=(CampaignPlan(clickers=3_000),)))
    api, campaign = connect(account), account.campaigns[0].id
    account.fail(Failure(kind=FailureKind.RESET_MID_BODY))
    account.fail(Failure(kind=FailureKind.TRUNCATED_JSON, after=1))

    with pytest.raises(requests.RequestException):
        api.report("link", campaign)
    with pytest.raises(json.JSONDecodeError):
        api.report("link", campaign)
    assert len(api.rows("link", campaign)[0]["info"]) == 3_000


def test_a_response_can_be_slow(account: Account, api: Api) -> None:
    """The right response comes late."""
    account.fail(Failure(kind=FailureKind.SLOW, seconds=0.2))

    response = api.get("/api/3/tags")

    assert response.elapsed.total_seconds() >= 0.2
    assert response.json()["tags"]


def test_a_body_can_drip(account: Account, api: Api) -> None:
    """The right body comes a byte at a time."""
    account.fail(Failure(kind=FailureKind.DRIP, seconds=0.002))

    began = time.monotonic()
    response = api.get("/api/3/tags", limit=2)

    assert time.monotonic() - began >= 0.002 * len(response.content)
    assert len(response.json()["tags"]) == 2


def test_headers_can_drip_without_end(account: Account, api: Api) -> None:
    """There is always one more byte; other requests are answered meanwhile."""
    account.fail(Failure(kind=FailureKind.DRIP_HEADERS, seconds=0.001))
    host, port = api.url.removeprefix("http://").split(":")

    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(f"GET /api/3/tags HTTP/1.1\r\nHost: x\r\nApi-Token: {account.api_key}\r\n\r\n".encode())
        head = b""
        while head.count(b"0") < 50:
            head += connection.recv(100)
        other = api.get("/api/3/tags")

    assert head.startswith(b"HTTP/1.1 200 OK\r\nX-Endless: 0000")
    assert b"\n0" not in head
    assert other.status_code == 200


def test_a_body_can_be_huge(account: Account, api: Api) -> None:
    """The right body follows MiBs of blanks."""
    account.fail(Failure(kind=FailureKind.HUGE_BODY, size_mb=3))

    response = api.get("/api/3/tags")

    assert int(response.headers["Content-Length"]) == len(response.content) > 3 << 20
    assert response.json()["tags"]


def test_a_body_can_inflate(account: Account, api: Api) -> None:
    """A small body unpacks to a huge one, and the right one is at its end."""
    account.fail(Failure(kind=FailureKind.GZIP_BOMB, size_mb=8))

    with api.session.get(f"{api.url}/api/3/tags", stream=True, timeout=10) as response:
        packed = response.raw.read(decode_content=False)

    assert response.headers["Content-Encoding"] == "gzip"
    assert len(packed) < 16_000
    assert len(gzip.decompress(packed)) > 8 << 20
    assert orjson.loads(gzip.decompress(packed))["tags"]


def test_v1_can_fail_with_a_200(account: Account, api: Api) -> None:
    """v1 may say no with a message that is not the end of the data."""
    account.fail(Failure(kind=FailureKind.RESULT_CODE_0))

    answer = api.report("open", account.campaigns[0].id)

    assert (answer["result_code"], answer["result_message"]) == (0, "Failed: Database is busy")


def test_v1_can_end_too_early(account: Account, api: Api) -> None:
    """The page that was picked passes for the end of the data, as often as it was said."""
    campaign = account.campaigns[0].id
    account.fail(Failure(kind=FailureKind.FALSE_END, times=2, match="open_list&api_output=json"))

    pages = [api.report("open", campaign, page=1) for _ in range(3)]

    assert [page["result_message"] for page in pages[:2]] == ["Failed: Nothing is returned"] * 2
    assert numbered(pages[2])


def test_a_v3_page_can_be_empty_too_early(account: Account, api: Api) -> None:
    """A list may hold no rows although its total says that there are more."""
    account.fail(Failure(kind=FailureKind.EMPTY_PAGE))

    page = api.v3("contacts", limit=100, include="contactTags")

    assert (page["contacts"], page["contactTags"]) == ([], [])
    assert int(page["meta"]["total"]) > 0


def test_failures_strike_when_they_are_told_to() -> None:
    """`after`, `every` and `times` count the requests that match, and no others."""
    failure = Failure(kind=FailureKind.FORBIDDEN, after=2, every=3, times=2, match="open_list")

    assert _strikes(failure, ["open_list"] * 9) == [False, False, True, False, False, True, False, False, False]
    assert _strikes(failure, ["open_list", "tags"] * 3) == [False, False, False, False, True, False]
    assert all(_strikes(Failure(kind=FailureKind.FORBIDDEN, times=None), ["tags"] * 50))


def test_a_failure_matches_the_query(account: Account, api: Api) -> None:
    """`match` may name a page of a report."""
    campaign = account.campaigns[0].id
    account.fail(Failure(kind=FailureKind.FORBIDDEN, match="open_list", times=1))
    account.fail(Failure(kind=FailureKind.UNAVAILABLE, match="page=2"))

    pages = (("bounce", 1), ("open", 1), ("bounce", 2))
    statuses = [
        api.get("/admin/api.php", api_action=f"campaign_report_{name}_list", campaignid=campaign, page=page).status_code
        for name, page in pages
    ]
    assert statuses == [200, 403, 503]


def test_a_failure_that_never_strikes_is_refused() -> None:
    """`every=0` makes no sense."""
    with pytest.raises(ValueError, match="every"):
        Failure(kind=FailureKind.SLOW, every=0)
