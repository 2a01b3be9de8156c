"""Runs of quiet worlds in which one thing is wrong: what breaks their promises is noticed."""

import pytest

from sendtrail.delivery.warehouse_breaker import WarehouseBreaker
from sendtrail.entrypoints import account_failures
from tests.simulation.noticed import first_noticed

WITH_A_NEW_KEY, WITH_AN_OUTAGE = 16, 1


@pytest.mark.world
def test_a_failure_of_each_campaign_of_an_account_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same seed holds what is promised where a key that is refused is one failure."""
    monkeypatch.setattr(account_failures, "_is_published", lambda *_: False)

    assert first_noticed("say that the account refuses its key", near=WITH_A_NEW_KEY)


@pytest.mark.world
def test_reading_for_a_warehouse_that_is_out_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same seed holds what is promised where a breaker opens."""
    monkeypatch.setattr(WarehouseBreaker, "failed", lambda _breaker: None)

    assert first_noticed("reads what cannot be merged", near=WITH_AN_OUTAGE)
