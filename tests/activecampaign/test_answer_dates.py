"""What an account says the time is, and a machine's clock that is held to it."""

from datetime import datetime, timedelta

import pytest

from sendtrail.activecampaign.account_factory import AccountFactory
from sendtrail.activecampaign.http.response_headers import moment_of
from sendtrail.clock import CheckedClock
from tests.activecampaign.scripted_account import a_connection, as_json, scripted
from tests.fakes import NOON, FakeClock, MemoryState, WrongClock

DATE = "Sun, 01 Jun 2025 12:00:00 GMT"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("headers", "moment"),
    [
        ({"Date": DATE}, NOON),
        ({"Date": DATE, "Age": "3600"}, NOON + HOUR),  # it was kept by a cache for an hour
        ({"Date": DATE, "Age": "a while"}, NOON),
        ({"Date": "lately"}, None),
        ({}, None),
    ],
)
def test_the_time_of_an_answer(headers: dict[str, str], moment: datetime | None) -> None:
    """As its headers say it, where they say it."""
    assert moment_of(headers) == moment


def test_each_answer_says_what_time_it_is() -> None:
    """Those of any request."""
    said: list[datetime] = []
    listing = {"campaigns": [], "meta": {"total": "0"}}
    with scripted(lambda _: as_json(listing, Date=DATE)) as server:
        factory = AccountFactory(MemoryState(), FakeClock(), on_date=said.append)
        assert list(factory.account(a_connection(server.url)).campaigns()) == []

    assert set(said) == {NOON}


def a_clock(off_by: timedelta) -> tuple[CheckedClock, WrongClock, list[timedelta]]:
    """Return a clock on a machine whose own is wrong, the machine's, and what was said of it."""
    machine, said = WrongClock(), list[timedelta]()
    machine.off_by = off_by
    return CheckedClock(machine, on_ahead=said.append), machine, said


@pytest.mark.parametrize("off_by", [-24 * HOUR, timedelta(), 2 * MINUTE])
def test_a_clock_that_is_not_ahead_is_as_it_is(off_by: timedelta) -> None:
    """Two minutes are no difference."""
    clock, machine, said = a_clock(off_by)

    clock.observe(machine.right())

    assert (clock.now(), said) == (NOON + off_by, [])


def test_a_clock_that_is_ahead_is_held_to_the_accounts_time_and_said_once() -> None:
    """As soon as the account has said what time it is, and from then on as time passes."""
    clock, machine, said = a_clock(24 * HOUR)
    assert clock.now() == NOON + 24 * HOUR

    for _ in range(3):
        machine.advance(60)
        clock.observe(machine.right())
    machine.advance(60)

    assert (clock.now(), said) == (NOON + 4 * MINUTE, [24 * HOUR])


def test_a_clock_that_is_set_meanwhile_is_believed_again() -> None:
    """Whichever way it was wrong."""
    clock, machine, _ = a_clock(24 * HOUR)
    clock.observe(machine.right())

    machine.off_by = timedelta()

    assert clock.now() == NOON


def test_an_old_answer_holds_back_no_clock() -> None:
    """A cache on the way may keep one without saying so."""
    clock, machine, said = a_clock(timedelta())
    clock.observe(machine.right())

    clock.observe(machine.right() - HOUR)

    assert (clock.now(), said) == (NOON, [])
