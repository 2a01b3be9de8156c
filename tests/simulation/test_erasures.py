"""A world in which an erased contact is stored again: it is noticed."""

import pytest

from sendtrail.erasure.guarded_warehouse import GuardedWarehouse
from sendtrail.simulation.run import simulate

WITH_ERASURES = 12


@pytest.mark.world
def test_rows_that_are_let_in_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same seed holds what is promised where the list is obeyed."""
    monkeypatch.setattr(GuardedWarehouse, "merge", lambda self, batch, **given: self.inner.merge(batch, **given))

    problems = simulate(WITH_ERASURES).problems

    assert any("stored who were erased" in problem or "that are not there" in problem for problem in problems)
