"""Why an account's latest run got nothing done, as stored: a document per account, until a run gets through.

A run that ends before it knows what is due leaves it here, on one machine as on Google Cloud, and so does a worker that
finds that all work of the account fails for the same reason.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sendtrail.errors import BadDocument
from sendtrail.ports import Transaction
from sendtrail.state.account_status import AccountStatus, read_status
from sendtrail.state.documents import account_failure_path, from_document, readable, to_document


class Remedy(StrEnum):
    """What ends a failure."""

    MEND = "mend"  # it is the same in every run until somebody removes the cause
    WAIT = "wait"  # it may pass
    REPORT = "report"  # a mistake in Sendtrail


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountFailure:
    """Why a run of an account got nothing done; `reason` holds no secret and no address of a person.

    `runs` runs in a row failed, the first at `since`, the latest at `at`; both are None where an earlier version wrote
    it. `run_before` is when the run began that the account's status was about: any other one got through later.
    `remedy` is a Remedy, `is_published` whether the failures topic has it.
    """

    run_id: str
    reason: str
    at: datetime | None = None
    since: datetime | None = None
    runs: int = 1
    run_before: datetime | None = None
    remedy: str = Remedy.MEND
    is_published: bool = True

    def is_over(self, status: AccountStatus | None) -> bool:
        """Return whether a run has got through since."""
        if status is None:
            return False
        return self.run_id < status.run_id if self.at is None else self.run_before != status.last_run


def read_failure(transaction: Transaction, organization_id: str) -> AccountFailure | None:
    """Return an account's failure, whether it is over or not; raise BadDocument where it cannot be read."""
    path = account_failure_path(organization_id)
    document = transaction.get(path)
    return from_document(AccountFailure, document, path=path) if document else None


def add_failure(
    transaction: Transaction,
    organization_id: str,
    *,
    run_id: str,
    reason: str,
    remedy: str = Remedy.MEND,
    is_published: bool = False,
) -> None:
    """Store why a run got nothing done, and count it where the one before did not get through either."""
    status, before, now = _status(transaction, organization_id), _known(transaction, organization_id), transaction.now
    before = None if before is None or before.is_over(status) else before
    is_same = before is not None and before.run_id == run_id
    failure = AccountFailure(
        run_id=run_id,
        reason=reason,
        at=now,
        since=now if before is None else before.since or now,
        runs=1 if before is None else before.runs + (not is_same),
        run_before=None if status is None else status.last_run,
        remedy=remedy,
        is_published=is_published or (before is not None and is_same and before.is_published),
    )
    transaction.set(account_failure_path(organization_id), to_document(failure))


def is_failure_published(transaction: Transaction, organization_id: str, *, run_id: str) -> bool:
    """Return whether the failure of a run of the account was published."""
    failure = _known(transaction, organization_id)
    return failure is not None and failure.run_id == run_id and failure.is_published


def end_failure(transaction: Transaction, organization_id: str, *, run_id: str) -> None:
    """Forget the failure of a run, of which another attempt got through."""
    failure = _known(transaction, organization_id)
    if failure is not None and failure.run_id == run_id:
        transaction.set(account_failure_path(organization_id), {})


def _known(transaction: Transaction, organization_id: str) -> AccountFailure | None:
    document = transaction.get(account_failure_path(organization_id))
    return readable(AccountFailure, document, path=account_failure_path(organization_id)) if document else None


def _status(transaction: Transaction, organization_id: str) -> AccountStatus | None:
    try:
        return read_status(transaction, organization_id)
    except BadDocument:  # `failures` says what is wrong with it
        return None
