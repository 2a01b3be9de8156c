"""Waiting for a file that another program has."""

import pytest

from sendtrail.cli.process.waiting import Patience
from sendtrail.errors import Busy, SettingsError
from tests.fakes import FakeClock


class Door:
    """Something that is in use for a while, by one program after the other."""

    def __init__(self, *holders: str) -> None:
        self._holders = list(holders)

    def open(self) -> str:
        """Open it, or say who has it."""
        if self._holders:
            raise Busy(f"{self._holders.pop(0)} has it")
        return "open"


def test_nobody_waits_for_what_is_free() -> None:
    """And nothing is said."""
    clock, said = FakeClock(), list[str]()

    assert Patience(60.0, clock=clock, say=said.append).run(Door().open) == "open"
    assert (clock.slept, said) == ([], [])


def test_it_is_said_once_who_is_waited_for() -> None:
    """And once more when somebody else has it."""
    clock, said = FakeClock(), list[str]()

    assert Patience(60.0, clock=clock, say=said.append).run(Door("ann", "ann", "bob").open) == "open"
    assert said == ["ann has it. Waiting up to 60 s.", "bob has it. Waiting up to 60 s."]


@pytest.mark.parametrize("wait_s", [0.0, 1.2, 10.0])
def test_the_wait_ends_on_time(wait_s: float) -> None:
    """The last attempt is made at its very end."""
    clock = FakeClock()

    with pytest.raises(Busy, match="ann has it"):
        Patience(wait_s, clock=clock, say=list[str]().append).run(Door(*["ann"] * 100).open)
    assert sum(clock.slept) == pytest.approx(wait_s)


def test_no_other_error_is_waited_for() -> None:
    """A wrong file does not become right."""
    clock = FakeClock()

    def fail() -> None:
        raise SettingsError(["not a database"])

    with pytest.raises(SettingsError):
        Patience(60.0, clock=clock, say=list[str]().append).run(fail)
    assert clock.slept == []
