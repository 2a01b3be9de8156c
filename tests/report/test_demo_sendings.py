"""What the demo's shop sends: its activities count as those of an account do."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from random import Random

from sendtrail.cli.demo.shop.people import people
from sendtrail.cli.demo.shop.sendings import Sending, sendings

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


def test_a_count_grows_with_each_activity() -> None:
    """A click after a scanner's is the second of its link, or else people who clicked would have no clicks."""
    chance = Random(1)
    sent = sendings(people(chance, now=NOW), chance, now=NOW)

    steps = [step for each in sent for step in _steps(each)]

    assert steps
    assert all(later > earlier for earlier, later in steps)


def _steps(sending: Sending) -> Iterator[tuple[int, int]]:
    """Yield the counts of each two activities that follow one another at the same link of an e-mail."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for each in sorted(sending.activities, key=lambda activity: activity.activity_timestamp):
        found.setdefault((each.contact_id, each.event_type, each.link_id), []).append(each.times)
    for counts in found.values():
        yield from pairwise(counts)
