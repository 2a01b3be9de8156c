"""Contacts are read in full once a day, and by every run until a pass succeeds."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.state.documents import to_document
from sendtrail.sync.contacts import ContactsSynced, is_pass_due
from tests.fakes import NOON

HOUR = timedelta(hours=1)


def passed(began: datetime) -> Checkpoint:
    """Return what a pass leaves that succeeded."""
    synced = to_document(ContactsSynced(pass_id="1", synced_at=began, vanished=0))
    return Checkpoint(run_id="run", sequence=1, status=Status.DONE, updated_at=began, synced=synced)


@pytest.mark.parametrize(
    ("age", "due"),
    [(HOUR, False), (22 * HOUR, False), (23 * HOUR, True), (24 * HOUR, True), (-HOUR * 48, True)],
)
def test_a_pass_is_due_a_day_after_the_last_one_began(age: timedelta, due: bool) -> None:
    """A little less, as two daily runs never begin at the same second; a time to come is a wrong clock's."""
    assert is_pass_due(passed(NOON - age), now=NOON) == due


@pytest.mark.parametrize(
    "checkpoint",
    [
        None,
        replace(passed(NOON), status=Status.RUNNING),
        replace(passed(NOON), status=Status.FAILED, reason="the key is refused"),
        replace(passed(NOON), reason="nobody is marked as deleted"),
        replace(passed(NOON), synced=None),
        replace(passed(NOON), synced={"pass_id": 3}),
    ],
)
def test_a_pass_that_did_not_succeed_is_due(checkpoint: Checkpoint | None) -> None:
    """However young it is."""
    assert is_pass_due(checkpoint, now=NOON)
