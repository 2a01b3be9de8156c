"""Which passes over the contacts are believed."""

import pytest

from sendtrail.domain.contact import PassCounts
from sendtrail.domain.deletion_guard import DeletionGuard, reason_for_doubt


@pytest.mark.parametrize(
    ("known", "unseen", "doubted"),
    [
        (1000, 200, False),  # a fifth
        (1000, 201, True),
        (2237, 2197, True),  # another account's key
        (1000, 0, False),
        (12, 10, False),  # the smallest accounts need no one to look after them
        (12, 11, True),
    ],
)
def test_more_than_a_share_is_doubted(known: int, unseen: int, doubted: bool) -> None:
    """A fifth by default, and ten contacts in any case."""
    counts = PassCounts(known=known, unseen=unseen, seen=known - unseen)

    assert DeletionGuard().doubts(counts) is doubted


def test_a_pass_that_saw_nobody_is_always_doubted() -> None:
    """A key without rights sees an empty list; an account that was always empty has nobody to lose."""
    assert DeletionGuard().doubts(PassCounts(known=3, unseen=3, seen=0))
    assert not DeletionGuard().doubts(PassCounts(known=0, unseen=0, seen=0))


@pytest.mark.parametrize("guard", [DeletionGuard(accepted=True), DeletionGuard(max_deleted_share=1)])
def test_a_person_can_accept_any_number(guard: DeletionGuard) -> None:
    """By an option once, or by the setting."""
    assert not guard.doubts(PassCounts(known=500, unseen=500, seen=0))


@pytest.mark.parametrize(
    ("total", "words"), [(None, "does not say how many"), (0, "says that it has 0"), (2237, "says that it has 2,237")]
)
def test_the_reason_holds_the_numbers_and_the_ways_out(total: int | None, words: str) -> None:
    """Also what the account says of itself, which may be a lie."""
    counts = PassCounts(known=2237, unseen=2197, seen=40)

    reason = reason_for_doubt(counts, guard=DeletionGuard(), total=total)

    assert "2,197 of 2,237" in reason
    assert "more than 20%" in reason
    assert words in reason
    assert "--accept-deletions" in reason
    assert "max_deleted_share = 1" in reason
