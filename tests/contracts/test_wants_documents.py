"""What is wanted is kept alike by every state store, through its own transactions."""

from datetime import timedelta

import pytest

from sendtrail.delivery.services import Services
from sendtrail.domain.wants import Ask, Want, Wants
from sendtrail.errors import LeaseHeld
from sendtrail.ports import State
from sendtrail.state.stored_wants import raise_wants, read_wants, settle_wants, withdraw_wants
from sendtrail.sync.due import Request
from sendtrail.sync.runs.stored_run import Begun, begin_run
from tests.fakes import NOON, FakeClock, MemoryPublisher, MemoryWarehouse

SINCE = NOON - timedelta(days=900)


def wants_of(state: State) -> Wants:
    """Return what is wanted of the account."""
    return state.transact(lambda transaction: read_wants(transaction, "acme"))


def begun(state: State, **asked: object) -> Begun:
    """Begin a run that is asked for something."""
    services = Services(
        state=state,
        publisher=MemoryPublisher(),
        warehouse=MemoryWarehouse(),
        clock=FakeClock(),
        new_token=lambda: "token",
    )
    found = begin_run(Request(organization_id="acme", **asked), services)  # type: ignore[arg-type]
    assert isinstance(found, Begun)
    return found


def test_wants_add_up_and_are_read_as_they_were_stored(state: State) -> None:
    """Of all campaigns and of thousands by name."""
    many = frozenset(range(1, 5_001))
    raise_wants(state, "acme", Ask(run_id="run1", since=SINCE))
    _, wants = raise_wants(state, "acme", Ask(run_id="run2", force=True, campaign_ids=many))

    assert wants_of(state) == wants
    assert (set(wants.of_campaigns), wants.of_all is not None) == (set(many), True)


def test_wants_that_have_ended_are_dropped_and_the_others_are_kept(state: State) -> None:
    """Each campaign has its own, once they are known."""
    raise_wants(state, "acme", Ask(run_id="run1", since=SINCE))
    left = state.transact(
        lambda transaction: settle_wants(transaction, "acme", campaigns=(1, 2), ended={}),
    )
    ended: dict[int, Want] = {1: left.of_campaigns[1]}

    state.transact(lambda transaction: settle_wants(transaction, "acme", campaigns=(), ended=ended))

    assert wants_of(state).of_campaigns == {2: left.of_campaigns[2]}


def test_wants_that_were_withdrawn_are_gone_and_their_moment_is_known(state: State) -> None:
    """Work that was asked for before it stops."""
    _, wants = raise_wants(state, "acme", Ask(run_id="run1", since=SINCE))

    assert withdraw_wants(state, "acme") == wants

    after = wants_of(state)
    assert after.is_empty
    assert wants.last_asked_at is not None
    assert after.withdrawn_at is not None
    assert after.withdrawn_at > wants.last_asked_at


def test_a_run_begins_with_what_it_was_asked_for(state: State) -> None:
    """In the transaction that makes it this dispatcher's: whoever comes second to it changes nothing."""
    begun(state, run_id="run1", since=SINCE)
    before = wants_of(state)

    with pytest.raises(LeaseHeld):
        begun(state, run_id="run1", since=SINCE)

    assert wants_of(state) == before
    assert before.of_all is not None
    assert before.of_all.since == SINCE


def test_a_run_that_drops_what_was_wanted_asks_for_its_own_at_once(state: State) -> None:
    """There is no moment at which neither is stored."""
    begun(state, run_id="run1", since=SINCE)

    found = begun(state, run_id="run2", force=True, campaign_ids=frozenset({7}), drop_wants=True)

    wants = wants_of(state)
    assert (wants.of_all, set(wants.of_campaigns)) == (None, {7})
    assert found.wants_before.is_empty
    assert found.request.wants == wants
