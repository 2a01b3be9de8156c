"""Worlds in which somebody is erased, or stored, who may not be: it is noticed."""

import pytest

from sendtrail.erasure.confirmation import Confirmation, Lookups
from sendtrail.erasure.guarded_warehouse import GuardedWarehouse
from sendtrail.pseudonyms.pseudonymous_warehouse import PseudonymousWarehouse
from sendtrail.simulation.run import simulate

WITH_ERASURES = 12
HIDING, PSEUDONYMOUS = 6, 13


@pytest.mark.world
def test_rows_that_are_let_in_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same seed holds what is promised where the list is obeyed."""
    monkeypatch.setattr(GuardedWarehouse, "merge", lambda self, batch, **given: self.inner.merge(batch, **given))

    problems = simulate(WITH_ERASURES).problems

    assert any("stored who were erased" in problem or "that are not there" in problem for problem in problems)


@pytest.mark.world
def test_people_who_are_erased_although_they_are_there_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list hides them from the user of the key, and nobody asks for them by id."""
    monkeypatch.setattr(Lookups, "confirm", lambda _, gone, **__: Confirmation(gone=frozenset(gone)))

    problems = simulate(HIDING).problems

    assert any("erased of people who are there" in problem for problem in problems)


@pytest.mark.world
def test_addresses_that_are_stored_as_they_are_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The world stores pseudonyms, as long as every row comes through where they are made."""
    monkeypatch.setattr(PseudonymousWarehouse, "merge", lambda self, batch, **given: self.inner.merge(batch, **given))

    problems = simulate(PSEUDONYMOUS).problems

    assert any("addresses are stored as they are" in problem for problem in problems)
