"""Whether an account is paused, as stored: a document per account, which operators write and everybody reads.

A paused account is not asked, and nothing is published for it. What is wanted of it and how far its work has come stay
as they are, so the first run after the pause goes on with both.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sendtrail.errors import AccountPaused, BadDocument
from sendtrail.ports import State, Transaction
from sendtrail.state.documents import account_pause_path, from_document, to_document


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountPause:
    """Since when an account is paused (None: it is not), why, and when it was resumed the last time."""

    paused_at: datetime | None = None
    reason: str = ""
    resumed_at: datetime | None = None

    @property
    def is_paused(self) -> bool:
        """Return whether the account is to be left alone."""
        return self.paused_at is not None

    @property
    def since(self) -> str:
        """Return since when it is paused, and why, in words."""
        moment = f"{self.paused_at:%Y-%m-%d %H:%M} UTC" if self.paused_at else "never"
        return f"{moment} ({self.reason})" if self.reason else moment


NOT_PAUSED = AccountPause()


def read_pause(transaction: Transaction, organization_id: str) -> AccountPause:
    """Return an account's pause; raise BadDocument where nobody can tell whether it is paused."""
    path = account_pause_path(organization_id)
    document = transaction.get(path)
    try:
        return NOT_PAUSED if document is None else from_document(AccountPause, document)
    except BadDocument as error:
        raise BadDocument(f"{path}: {error}; sendtrail pause and sendtrail resume write it anew") from None


def ensure_running(transaction: Transaction, organization_id: str) -> None:
    """Raise AccountPaused where an account is paused, or where nobody can tell: it is not asked then either."""
    try:
        pause = read_pause(transaction, organization_id)
    except BadDocument as error:
        raise AccountPaused(f"the account {organization_id} is not asked: {error}") from None
    if pause.is_paused:
        raise AccountPaused(f"the account {organization_id} is paused since {pause.since}: sendtrail resume ends that")


def ensure_account_runs(state: State, organization_id: str) -> None:
    """Raise AccountPaused where an account is paused."""
    state.transact(lambda transaction: ensure_running(transaction, organization_id))


def pause_account(state: State, organization_id: str, *, reason: str = "") -> AccountPause:
    """Pause an account; return what was stored before: one that is paused already stays so since then."""

    def work(transaction: Transaction) -> AccountPause:
        before = _known(transaction, organization_id)
        after = AccountPause(
            paused_at=before.paused_at or transaction.now,
            reason=reason or before.reason,
            resumed_at=before.resumed_at,
        )
        transaction.set(account_pause_path(organization_id), to_document(after))
        return before

    return state.transact(work)


def resume_account(state: State, organization_id: str) -> AccountPause:
    """End an account's pause; return what was stored before."""

    def work(transaction: Transaction) -> AccountPause:
        path = account_pause_path(organization_id)
        before = _known(transaction, organization_id)
        if before.is_paused or (before == NOT_PAUSED and transaction.get(path) is not None):  # one that nobody can read
            after = replace(before, paused_at=None, reason="", resumed_at=transaction.now)
            transaction.set(path, to_document(after))
        return before

    return state.transact(work)


def was_paused_since(transaction: Transaction, organization_id: str, moment: datetime) -> bool:
    """Return whether an account was paused at a moment, or has been since, as far as is known."""
    pause = _known(transaction, organization_id)
    return pause.is_paused or (pause.resumed_at is not None and pause.resumed_at >= moment)


def _known(transaction: Transaction, organization_id: str) -> AccountPause:
    try:
        return read_pause(transaction, organization_id)
    except BadDocument:
        return NOT_PAUSED
