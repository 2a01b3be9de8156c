"""Whether a list of campaigns lacks too many of those that were synced."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from sendtrail.delivery.checkpoint import Checkpoint
from sendtrail.domain.campaign import Campaign
from sendtrail.sync.evidence.vanished_campaigns import KNOWN_FOR, vanished_campaigns, without_false_gaps
from tests.fake_account import FakeAccount, a_campaign
from tests.fakes import NOON
from tests.sync.checkpoints import DAY, a_checkpoint, a_sync


def synced(*numbers: int, age: timedelta = DAY) -> dict[int, Checkpoint]:
    """Return the checkpoints of campaigns that were synced so long ago."""
    return {number: a_checkpoint(a_sync(synced_at=NOON - age)) for number in numbers}


def listed(*numbers: int) -> Sequence[Campaign]:
    """Return these campaigns."""
    return [a_campaign(number) for number in numbers]


@pytest.mark.parametrize(
    ("campaigns", "known", "vanished"),
    [
        (range(1, 21), range(1, 21), 0),
        ((), (1,), 1),  # an empty list shows nothing that would speak for it
        ((), (), 0),
        (range(10, 21), range(1, 21), 0),  # nine may have been deleted
        (range(1, 31), range(1, 61), 0),  # as may a half
        (range(1, 30), range(1, 61), 31),
        (range(100, 200), range(1, 61), 60),
    ],
)
def test_too_many_that_are_missing_have_vanished(campaigns: Sequence[int], known: Sequence[int], vanished: int) -> None:
    """More than a few, and more than half."""
    found = vanished_campaigns(listed(*campaigns), synced(*known), now=NOON)

    assert len(found) == vanished


def test_campaigns_that_are_gone_for_long_were_deleted() -> None:
    """An audit would have read them otherwise; of an empty list that is no excuse."""
    old = synced(*range(1, 61), age=KNOWN_FOR + DAY)

    assert vanished_campaigns(listed(100), old, now=NOON) == ()
    assert len(vanished_campaigns([], old, now=NOON)) == 60


@dataclass
class Stumbling(FakeAccount):
    """An account whose list is whole when it is asked for again."""

    asked: int = 0

    def campaigns(self) -> Iterator[Campaign]:
        """Yield the campaigns."""
        self.asked += 1
        yield from listed(1, 2, 3)


@pytest.mark.parametrize(("first", "asked"), [((), 1), ((1, 2, 3), 0)])
def test_a_list_that_lacks_campaigns_is_asked_for_again(first: Sequence[int], asked: int) -> None:
    """One that lacks nothing is not."""
    account = Stumbling()

    found = without_false_gaps(listed(*first), checkpoints=synced(1, 2, 3), lists=account, now=NOON)

    assert [each.campaign_id for each in found.campaigns] == [1, 2, 3]
    assert (found.problem, account.asked) == ("", asked)
