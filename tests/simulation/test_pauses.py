"""A world in which nobody looks whether an account is paused: it is noticed."""

import pytest

from sendtrail.delivery import lease
from sendtrail.entrypoints import dispatch_accounts
from sendtrail.rate_limit import pause_watch
from tests.simulation.noticed import first_noticed

WITH_PAUSES = 3


@pytest.mark.world
def test_a_pause_that_nobody_looks_at_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same seed holds what is promised where everybody does."""
    for module in (lease, dispatch_accounts, pause_watch):
        monkeypatch.setattr(module, "ensure_account_runs", lambda *_: None)
    monkeypatch.setattr(lease, "ensure_running", lambda *_: None)

    assert first_noticed("although the account is paused", near=WITH_PAUSES)
