"""Wants as they are stored, on both backends, and how they add up."""

from collections.abc import Callable
from datetime import datetime, timedelta

import orjson
import pytest

from sendtrail.domain.wants import (
    NO_WANTS,
    Ask,
    StillWanted,
    Want,
    Wants,
    is_withdrawn,
    listed,
    raised,
    spread,
    withdrawn,
)
from sendtrail.gcp.firestore_values import decoded, encoded
from sendtrail.ports import Document
from sendtrail.state.documents import wants_path
from sendtrail.state.stored_wants import raise_wants, read_wants, withdraw_wants
from tests.fakes import NOON, MemoryState

DAY = timedelta(days=1)
SINCE = NOON - 900 * DAY
BACKENDS: dict[str, Callable[[Document], Document]] = {
    "firestore": lambda document: decoded(encoded(document)),
    "a file": lambda document: orjson.loads(orjson.dumps(document)),
}


def an_ask(run_id: str = "run1", **given: object) -> Ask:
    """Return what a person asks for."""
    return Ask(run_id=run_id, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("stored", BACKENDS.values(), ids=BACKENDS.keys())
def test_wants_are_read_as_they_were_stored(stored: Callable[[Document], Document]) -> None:
    """Of all campaigns, of thousands by name, and after they were withdrawn; what a newer version added is left out."""
    state = MemoryState()
    path = wants_path("acme")
    raise_wants(state, "acme", an_ask(since=SINCE, force=True))
    withdraw_wants(state, "acme")
    raise_wants(state, "acme", an_ask("run2", since=SINCE))
    _, wants = raise_wants(state, "acme", an_ask("run3", force=True, campaign_ids=frozenset(range(1, 5_000))))

    state.documents[path] = {**stored(state.documents[path]), "a_newer_field": 1}

    assert state.transact(lambda transaction: read_wants(transaction, "acme")) == wants
    assert len(wants.of_campaigns) == 4_999


def test_moments_of_asking_ascend_whatever_the_clock_does() -> None:
    """A clock that was a year ahead must not make a later ask look like an earlier one."""
    first = raised(NO_WANTS, an_ask("run1", force=True), now=NOON + 365 * DAY)
    dropped = withdrawn(first, now=NOON)
    second = raised(dropped, an_ask("run2", force=True), now=NOON)

    moments = [_asked_at(first), dropped.withdrawn_at, _asked_at(second)]
    assert moments == sorted(set(filter(None, moments)))
    assert is_withdrawn(_asked_at(first), withdrawn_at=dropped.withdrawn_at)
    assert not is_withdrawn(_asked_at(second), withdrawn_at=dropped.withdrawn_at)


def _asked_at(wants: Wants) -> datetime | None:
    return None if wants.of_all is None else wants.of_all.asked_at


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Want(asked_at=NOON, since=SINCE), Want(asked_at=NOON + DAY, since=SINCE + DAY)),
        (Want(asked_at=NOON, since=SINCE), Want(asked_at=NOON + DAY, forced_at=NOON + DAY)),
        (Want(asked_at=NOON, forced_at=NOON), Want(asked_at=NOON + DAY, forced_at=NOON + DAY)),
    ],
)
def test_joined_wants_cover_both_in_either_order(one: Want, other: Want) -> None:
    """Whoever fulfils the joined want has fulfilled each."""
    for joined in (one.joined(other), other.joined(one)):
        assert joined.covers(one)
        assert joined.covers(other)


def test_a_want_of_all_campaigns_is_one_of_those_that_there_are() -> None:
    """A campaign that is made next year is not meant."""
    asked = raised(NO_WANTS, an_ask(since=SINCE), now=NOON)

    known = spread(asked, [1, 2])

    assert (known.of(1), known.of(3)) == (Want(asked_at=NOON, since=SINCE), None)
    assert listed(asked) == [StillWanted(since=SINCE, again=False, campaigns=None)]
    assert listed(known) == [StillWanted(since=SINCE, again=False, campaigns=2)]
