"""A run that is asked to end, whatever it waits for."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sendtrail.cli.run.local_run import LocalRun
from sendtrail.cli.run.run_observer import RunObserver
from sendtrail.cli.run.run_result import RunResult
from sendtrail.cli.run.run_stats import RunStats
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.clock import GRACE_S, StoppableClock, StopSignal, SystemClock
from sendtrail.errors import Unavailable
from tests.activecampaign.scripted_account import Received, Reply, as_json, scripted
from tests.fakes import FakeClock


def test_a_stop_is_overdue_after_a_while() -> None:
    """What was begun has some time to record how far it is; asking again does not give it more."""
    clock = FakeClock()
    stop = StopSignal(clock)
    before = (stop.is_set(), stop.is_overdue())

    stop.set()
    at_once = (stop.is_set(), stop.is_overdue())
    clock.advance(GRACE_S)
    stop.set()

    assert (before, at_once, stop.is_overdue()) == ((False, False), (True, False), True)


def test_a_sleeper_wakes_when_a_stop_is_overdue() -> None:
    """However long the account wants to be left alone."""
    clock = FakeClock()
    stop = StopSignal(clock)
    stop.set()

    with pytest.raises(Unavailable, match="the next one goes on here"):
        StoppableClock(clock, stop).sleep(240)

    assert sum(clock.slept) == pytest.approx(GRACE_S)


def test_a_sleeper_sleeps_on_where_nothing_is_stopped() -> None:
    """It is the clock's own sleep, in pieces."""
    clock = FakeClock()

    StoppableClock(clock, StopSignal(clock)).sleep(2.2)

    assert sum(clock.slept) == pytest.approx(2.2)


class Dripping:
    """Lists a campaign at once, and sends a byte of its reports now and then, until it may end."""

    def __init__(self) -> None:
        self.is_asked, self.may_end = threading.Event(), threading.Event()

    def __call__(self, received: Received) -> Reply:
        """Answer a request."""
        if received.target.startswith("/api/3/campaigns"):
            return as_json({"campaigns": [{"id": "1", "send_amt": "5", "opens": "9"}], "meta": {"total": "1"}})
        return Reply(raw=self._drops())

    def _drops(self) -> Iterator[bytes]:
        self.is_asked.set()
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n"
        while not self.may_end.wait(0.2):
            yield b" "


def test_a_run_of_a_dripping_account_ends_soon_and_can_be_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not when the time of the answers is over, which is a quarter of an hour."""
    monkeypatch.chdir(tmp_path)  # leaves the developer's own `.env` out of it
    account, results = Dripping(), list[RunResult]()
    with scripted(account) as server:
        given = {"api_url": server.url, "api_key": "key", "database": tmp_path / "acme.duckdb", "contacts": False}
        with LocalRun(SyncSettings.read(given), clock=SystemClock(), stats=RunStats()) as run:
            thread = threading.Thread(target=lambda: results.append(run.sync(RunObserver())))
            thread.start()
            account.is_asked.wait(60)
            run.stop()
            thread.join(60)
            account.may_end.set()

    assert [(result.interrupted, result.failures) for result in results] == [(True, ())]
