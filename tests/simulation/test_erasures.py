"""Worlds in which somebody is erased, or stored, who may not be: it is noticed."""

import pytest

from sendtrail.erasure.confirmation import Confirmation, Lookups
from sendtrail.erasure.guarded_warehouse import GuardedWarehouse
from sendtrail.pseudonyms.pseudonymous_warehouse import PseudonymousWarehouse
from tests.simulation.noticed import first_noticed

WITH_ERASURES, HIDING, PSEUDONYMOUS = 3, 6, 13


@pytest.mark.world
def test_rows_that_are_let_in_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same seed holds what is promised where the list is obeyed."""
    monkeypatch.setattr(GuardedWarehouse, "merge", lambda self, batch, **given: self.inner.merge(batch, **given))

    assert first_noticed("stored who were erased", near=WITH_ERASURES)


@pytest.mark.world
def test_people_who_are_erased_although_they_are_there_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list hides them from the user of the key, and nobody asks for them by id."""
    monkeypatch.setattr(Lookups, "confirm", lambda _, gone, **__: Confirmation(gone=frozenset(gone)))

    assert first_noticed("erased of people who are there", near=HIDING)


@pytest.mark.world
def test_addresses_that_are_stored_as_they_are_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The world stores pseudonyms, as long as every row comes through where they are made."""
    monkeypatch.setattr(PseudonymousWarehouse, "merge", lambda self, batch, **given: self.inner.merge(batch, **given))

    assert first_noticed("addresses are stored as they are", near=PSEUDONYMOUS)
