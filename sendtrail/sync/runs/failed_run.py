"""Stores why a run ended before it knew what is due, for whoever asks what has failed; the next run tries it again."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sendtrail.errors import (
    AccountDisabled,
    AccountPaused,
    AnotherAccount,
    Busy,
    Retryable,
    SendtrailError,
)
from sendtrail.logs import without_addresses
from sendtrail.ports import State, Transaction
from sendtrail.state.account_identity import read_identity
from sendtrail.state.account_status import read_status
from sendtrail.state.documents import run_path, to_document
from sendtrail.sync.runs.account_failure import Remedy, add_failure
from sendtrail.sync.runs.stored_run import FailedRun, read_run

logger = logging.getLogger(__name__)

# Somebody has to wait, or wants it so: nothing has failed.
NO_FAILURES = (AccountDisabled, AccountPaused, Busy)


@contextmanager
def storing_failure(organization_id: str, *, run_id: str, state: State) -> Iterator[None]:
    """Store why a run fails in this block, and raise it."""
    try:
        yield
    except Exception as error:
        store_failure(error, organization_id, run_id=run_id, state=state)
        raise


def store_failure(error: Exception, organization_id: str, *, run_id: str, state: State) -> None:
    """Store why a run failed; say so where that is not possible, which hides nothing that went wrong before."""
    if isinstance(error, NO_FAILURES):
        return
    reason, remedy = reason_of(error), _remedy(error)

    def work(transaction: Transaction) -> None:
        if isinstance(error, AnotherAccount) and _is_unknown(transaction, organization_id):
            return  # a name that was mistyped is no account
        run = read_run(transaction, run_id)
        failed = FailedRun(at=transaction.now, reason=reason)
        run = replace(run, failed={**run.failed, organization_id: failed})
        add_failure(transaction, organization_id, run_id=run_id, reason=reason, remedy=remedy)
        transaction.set(run_path(run_id), to_document(run))

    try:
        state.transact(work)
    except Exception as trouble:  # noqa: BLE001  (the error that is about to be raised matters more)
        logger.warning("why the run %s failed is not stored: %s", run_id, trouble)


def reason_of(error: Exception) -> str:
    """Return why a run failed, in a line without addresses; of a fault only its name, as its text may hold anything."""
    if not isinstance(error, SendtrailError):
        return f"a fault of Sendtrail ({type(error).__name__}), which the log describes"
    return without_addresses("; ".join(str(error).splitlines()))


def _remedy(error: Exception) -> Remedy:
    if not isinstance(error, SendtrailError):
        return Remedy.REPORT
    return Remedy.WAIT if isinstance(error, Retryable) else Remedy.MEND


def _is_unknown(transaction: Transaction, organization_id: str) -> bool:
    return read_status(transaction, organization_id) is None and read_identity(transaction, organization_id) is None
