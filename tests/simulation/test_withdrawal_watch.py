"""A strict look at what is begun after an operator has taken it back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sendtrail.ports import Document, Transaction
from sendtrail.simulation.watching.withdrawal_watch import WithdrawalWatch
from sendtrail.state.documents import campaign_path, wants_path
from tests.fakes import MemoryState

ASKED = datetime(2026, 3, 1, tzinfo=UTC)
LATER = ASKED + timedelta(hours=1)
PATH = campaign_path("acme", 7)


def claimed(*, by: str = "me", wanted_at: datetime | None = ASKED) -> dict[str, Any]:
    """Return the checkpoint of work that somebody has asked for."""
    return {"lease": {"token": by}, "wanted_at": wanted_at}


@pytest.mark.parametrize(
    ("before", "after", "withdrawn_at", "violations"),
    [
        (None, claimed(), LATER, 1),
        (None, claimed(), None, 0),
        (None, claimed(wanted_at=LATER), ASKED, 0),
        (None, claimed(wanted_at=None), LATER, 0),
        (claimed(), claimed(), LATER, 0),
        (claimed(by="them"), claimed(), LATER, 1),
        (claimed(), {"lease": None, "wanted_at": ASKED}, LATER, 0),
    ],
)
def test_whoever_begins_what_was_taken_back_is_noted(
    before: Document | None, after: Document, withdrawn_at: datetime | None, violations: int
) -> None:
    """Who has begun before may come to the next step."""
    state, watch = MemoryState(), WithdrawalWatch()

    def work(transaction: Transaction) -> None:
        transaction.set(wants_path("acme"), {"withdrawn_at": withdrawn_at})
        watch.wrote(PATH, before=before, after=after, transaction=transaction)

    state.transact(work)

    assert len(watch.violations) == violations
