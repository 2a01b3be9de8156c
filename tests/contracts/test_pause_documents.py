"""Whether an account is paused is the same for everybody, whatever the state is stored in."""

import pytest

from sendtrail.errors import AccountPaused
from sendtrail.ports import State
from sendtrail.state.account_pause import (
    NOT_PAUSED,
    ensure_account_runs,
    pause_account,
    read_pause,
    resume_account,
    was_paused_since,
)
from sendtrail.state.documents import account_pause_path


def test_an_account_is_paused_until_it_is_resumed(state: State) -> None:
    """And no other with it; the error says since when, and how to go on."""
    before = pause_account(state, "acme", reason="their request")
    ensure_account_runs(state, "globex")
    with pytest.raises(AccountPaused, match=r"acme is paused since \d{4}-.* UTC \(their request\): sendtrail resume"):
        ensure_account_runs(state, "acme")

    paused = resume_account(state, "acme")

    ensure_account_runs(state, "acme")
    assert (before, paused.is_paused, paused.reason) == (NOT_PAUSED, True, "their request")


def test_a_second_pause_changes_nothing_about_the_first(state: State) -> None:
    """It was paused already, since then."""
    pause_account(state, "acme", reason="their request")

    before = pause_account(state, "acme")

    assert before.is_paused
    assert state.transact(lambda transaction: read_pause(transaction, "acme")) == before


def test_an_account_that_is_not_paused_is_resumed_to_no_effect(state: State) -> None:
    """Nothing is stored."""
    assert resume_account(state, "acme") == NOT_PAUSED
    assert state.transact(lambda transaction: transaction.get(account_pause_path("acme"))) is None


def test_an_account_of_which_nobody_can_tell_is_not_asked_until_it_is_resumed(state: State) -> None:
    """A document that somebody has edited by hand."""
    path = account_pause_path("acme")
    state.transact(lambda transaction: transaction.set(path, {"paused_at": "soon"}))
    with pytest.raises(AccountPaused, match=r"account_pauses/acme.* resume"):
        ensure_account_runs(state, "acme")

    resume_account(state, "acme")

    ensure_account_runs(state, "acme")


def test_a_document_of_a_later_version_is_read(state: State) -> None:
    """What it has beyond this one is ignored."""
    state.transact(lambda transaction: transaction.set(account_pause_path("acme"), {"paused_at": None, "until": "x"}))

    ensure_account_runs(state, "acme")


def test_it_is_known_afterwards_that_an_account_was_paused(state: State) -> None:
    """So that a run that it stopped is not taken for one that failed."""
    now = state.transact(lambda transaction: transaction.now)
    never = state.transact(lambda transaction: was_paused_since(transaction, "acme", now))

    pause_account(state, "acme")
    while_paused = state.transact(lambda transaction: was_paused_since(transaction, "acme", now))
    resume_account(state, "acme")
    afterwards = state.transact(lambda transaction: was_paused_since(transaction, "acme", now))

    assert (never, while_paused, afterwards) == (False, True, True)
