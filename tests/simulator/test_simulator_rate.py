"""The rate limit, the wire and the statistics."""

from collections.abc import Callable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sendtrail.simulator import Account, Network
from sendtrail.simulator.traffic import Arrival, SlidingWindow, Traffic
from tests.simulator.reader import Api

Connect = Callable[[Account], Api]
Make = Callable[..., Account]


@given(gaps=st.lists(st.floats(0, 0.6), min_size=1, max_size=60))
def test_no_second_holds_more_than_the_rate(gaps: list[float]) -> None:
    """Whenever requests come, no window of a second has more than five admitted ones."""
    window, at, admitted = SlidingWindow(5), 0.0, []
    for gap in gaps:
        at += gap
        if window.ask(at).admitted:
            admitted.append(at)

    assert all(later - first >= 1 for first, later in zip(admitted, admitted[5:], strict=False))


def test_a_refused_request_is_told_when_to_come_back() -> None:
    """The window says how long until the oldest admitted request leaves it."""
    window = SlidingWindow(2)

    verdicts = [window.ask(at) for at in (10.0, 10.5, 10.75, 11.0)]

    assert [verdict.admitted for verdict in verdicts] == [True, True, False, True]
    assert [verdict.remaining for verdict in verdicts] == [1, 0, 0, 0]
    assert verdicts[2].retry_after_s == 0.25


def test_a_rate_below_one_stretches_the_window() -> None:
    """Half a request a second is one every two seconds."""
    window = SlidingWindow(0.5)

    assert [window.ask(at).admitted for at in (0.0, 1.5, 2.0)] == [True, False, True]


def test_the_sixth_request_in_a_second_is_refused(make_account: Make, connect: Connect) -> None:
    """v1 and v3 share five requests a second; the sixth gets a 429 with Retry-After."""
    account = make_account(network=Network())
    api = connect(account)

    responses = [api.get("/api/3/tags") for _ in range(4)]
    responses += [api.get("/admin/api.php", api_action="campaign_report_open_list") for _ in range(2)]

    assert [response.status_code for response in responses] == [200] * 5 + [429]
    assert [response.headers["RateLimit-Remaining"] for response in responses] == ["4", "3", "2", "1", "0", "0"]
    assert {response.headers["RateLimit-Limit"] for response in responses} == {"5"}
    assert responses[5].headers["Retry-After"] == "1"


def test_the_simulator_s_own_paths_cost_nothing(make_account: Make, connect: Connect) -> None:
    """Statistics and truth need no key and do not count."""
    account = make_account(network=Network(rate=1))
    api = connect(account)
    api.session.headers.pop("Api-Token")

    statuses = [api.get("/_simulator/stats").status_code for _ in range(5)]

    assert statuses == [200] * 5
    assert account.stats().requests == 0


def test_statistics_count_requests_by_endpoint(make_account: Make, connect: Connect) -> None:
    """Requests are counted by action and path, refused ones and the busiest second too."""
    account = make_account(network=Network(rate=2))
    api = connect(account)
    api.report("open", account.campaigns[0].id)
    api.get(f"/api/3/campaigns/{account.campaigns[0].id}")
    api.get("/api/3/tags")

    stats = account.stats()

    assert stats.by_endpoint == {"campaign_report_open_list": 1, "/api/3/campaigns/{id}": 1, "/api/3/tags": 1}
    assert (stats.requests, stats.refused, stats.most_in_one_second) == (3, 1, 3)
    assert api.get("/_simulator/stats").json()["requests"] == 3


def test_the_busiest_second_is_a_sliding_one() -> None:
    """Requests on both sides of a whole second are in one window."""
    traffic = Traffic()

    for at in (0.7, 0.9, 1.1, 1.6, 2.2):
        traffic.count(Arrival(endpoint="x", at=at, refused=False))

    assert traffic.stats().most_in_one_second == 4


def test_latency_and_jitter_delay_a_response(make_account: Make, connect: Connect) -> None:
    """Each response takes the latency and up to the jitter."""
    api = connect(make_account(network=Network(rate=0, latency_ms=30, jitter_ms=40)))

    took = [api.get("/api/3/tags").elapsed.total_seconds() for _ in range(6)]

    assert all(0.03 <= seconds < 0.3 for seconds in took)
    assert any(one != another for one, another in pairwise(took))
