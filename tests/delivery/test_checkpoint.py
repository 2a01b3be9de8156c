"""What a message leads to, and who may write."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from sendtrail.delivery import checkpoint as rules
from sendtrail.delivery.checkpoint import Checkpoint, Claim, Lease, Status
from sendtrail.errors import LeaseLost
from sendtrail.state.documents import from_document, to_document
from tests.fakes import NOON

MINUTE = timedelta(minutes=1)
MINE = Lease(token="mine", expires_at=NOON + MINUTE)
THEIRS = Lease(token="theirs", expires_at=NOON + MINUTE)
DEAD = Lease(token="theirs", expires_at=NOON)
AT_3 = Checkpoint(run_id="run1", sequence=3, status=Status.RUNNING, updated_at=NOON, progress={"page": 7})
CASES = [
    ("nothing yet", None, 1, Claim.TAKEN),
    ("an old message", AT_3, 2, Claim.STALE),
    ("the parent of a continuation nobody saw published", replace(AT_3, continuation_pending=True), 2, Claim.REPUBLISH),
    ("the grandparent of it", replace(AT_3, continuation_pending=True), 1, Claim.STALE),
    ("the continuation itself", replace(AT_3, continuation_pending=True), 3, Claim.TAKEN),
    ("a redelivery after the owner gave up", AT_3, 3, Claim.TAKEN),
    ("a redelivery after the owner died", replace(AT_3, lease=DEAD), 3, Claim.TAKEN),
    ("a redelivery while the owner lives", replace(AT_3, lease=THEIRS), 3, Claim.HELD),
    ("a duplicate of finished work", replace(AT_3, status=Status.DONE), 3, Claim.STALE),
    ("a replay of failed work", replace(AT_3, status=Status.FAILED), 3, Claim.TAKEN),
    ("a replay of what failed before", replace(AT_3, status=Status.FAILED), 2, Claim.STALE),
    ("the next sync", replace(AT_3, status=Status.DONE), 4, Claim.TAKEN),
    ("the next try of failed work", replace(AT_3, status=Status.FAILED), 4, Claim.TAKEN),
    ("the next sync while another is at work", replace(AT_3, lease=THEIRS), 4, Claim.HELD),
]


@pytest.mark.parametrize(("before", "sequence", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_a_message_is_claimed_by_its_sequence_and_the_lease(
    before: Checkpoint | None, sequence: int, expected: Claim
) -> None:
    """Nothing else decides."""
    decision, after = rules.claim(before, run_id="run2", sequence=sequence, lease=MINE, now=NOON)

    assert decision is expected
    if expected is Claim.TAKEN:
        assert after is not None
        assert (after.lease, after.sequence, after.run_id, after.status) == (MINE, sequence, "run2", Status.RUNNING)
        assert not after.continuation_pending
        assert after.progress == (before.progress if before else None)
    else:
        assert after == before


@pytest.mark.parametrize("stranger", [None, AT_3, replace(AT_3, lease=THEIRS)])
def test_nobody_writes_without_the_lease(stranger: Checkpoint | None) -> None:
    """A worker that lost it learns so at its next write, whichever that is."""
    writes: list[Callable[[], object]] = [
        lambda: rules.renew(stranger, lease=MINE, now=NOON),
        lambda: rules.advance(stranger, lease=MINE, progress={}, new_rows=0, now=NOON),
        lambda: rules.hand_over(stranger, token="mine", now=NOON),
        lambda: rules.complete(stranger, token="mine", synced={}, now=NOON),
        lambda: rules.fail(stranger, token="mine", reason="?", now=NOON),
        lambda: rules.release(stranger, token="mine", now=NOON),
    ]

    for write in writes:
        with pytest.raises(LeaseLost):
            write()


def test_an_expired_lease_that_nobody_took_is_still_the_owners() -> None:
    """It is slow, not overtaken."""
    expired = replace(AT_3, lease=replace(MINE, expires_at=NOON - MINUTE))

    assert rules.renew(expired, lease=MINE, now=NOON).lease == MINE


def test_a_hand_over_leaves_the_next_sequence_waiting_for_its_message() -> None:
    """It stays pending until it is published, and only then."""
    after = rules.hand_over(replace(AT_3, lease=MINE), token="mine", now=NOON)
    published = rules.published(after, sequence=4)

    assert (after.sequence, after.lease, after.continuation_pending, after.progress) == (4, None, True, {"page": 7})
    assert published is not None
    assert not published.continuation_pending
    assert rules.published(after, sequence=3) == after


@pytest.mark.parametrize("synced", [None, {"at": "then"}])
def test_whoever_is_frozen_in_work_that_was_taken_back_lost_it(synced: dict[str, str] | None) -> None:
    """Its lease ran out, and the next delivery of the message ended the work: it does not go on with it later."""
    frozen = replace(AT_3, lease=DEAD, progress=None, synced=synced, wanted_at=NOON - MINUTE)

    decision, after = rules.claim(
        frozen, run_id="run1", sequence=3, lease=MINE, now=NOON, wanted_at=NOON - MINUTE, withdrawn_at=NOON
    )

    assert decision is Claim.WITHDRAWN
    with pytest.raises(LeaseLost):
        rules.advance(after, lease=DEAD, progress={}, new_rows=0, now=NOON)


def test_failed_work_keeps_its_progress_and_finished_work_does_not() -> None:
    """The next try goes on; the next sync begins."""
    owned = replace(AT_3, lease=MINE)

    assert rules.fail(owned, token="mine", reason="?", now=NOON).progress == {"page": 7}
    assert rules.complete(owned, token="mine", synced={"a": 1}, now=NOON).progress is None


def test_a_checkpoint_reads_as_it_was_written() -> None:
    """Through a document, lease and all."""
    checkpoint = replace(AT_3, lease=MINE, synced={"since": NOON}, reason="?")

    assert from_document(Checkpoint, to_document(checkpoint)) == checkpoint
