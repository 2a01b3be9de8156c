"""Dispatches several accounts at once, so that a problem with one neither stops nor delays the others."""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from sendtrail import threads
from sendtrail.delivery.failures import is_of_account, publish_failure
from sendtrail.delivery.services import Services
from sendtrail.delivery.usage_meter import metered
from sendtrail.domain.wants import KEPT, StillWanted, listed
from sendtrail.domain.work_item import WorkItem
from sendtrail.entrypoints.runtime import Runtime
from sendtrail.entrypoints.settings import FunctionSettings
from sendtrail.errors import (
    AccountDisabled,
    AccountPaused,
    AnotherAccount,
    BadDocument,
    Busy,
    NewerSchema,
    Rejected,
    Retryable,
    SendtrailError,
    SettingsError,
)
from sendtrail.logs import labels
from sendtrail.metrics.recording import RunOutcome, measure_run, outcome_of
from sendtrail.state.account_pause import ensure_account_runs
from sendtrail.state.account_status import read_status
from sendtrail.state.stored_wants import raise_wants, withdraw_wants
from sendtrail.sync.dispatch import dispatch_begun
from sendtrail.sync.due import Policy, Request, RunKind
from sendtrail.sync.pairing.account_guard import GuardedLists, claimed_account
from sendtrail.sync.pairing.warehouse_check import check_stored_rows
from sendtrail.sync.runs.failed_run import store_failure
from sendtrail.sync.runs.stored_run import Summary, begin_run

logger = logging.getLogger(__name__)

SECONDS_PER_HOUR = 3_600
# The partition of the day on which the oldest rows expire may be gone.
FIRST_KEPT = timedelta(days=1)
# An account that does not answer takes up to six minutes. This many may do so while all others are dispatched.
ACCOUNTS_AT_ONCE = 16


def dispatch_accounts(requests: Sequence[Request], instance: Runtime) -> tuple[list[Summary], dict[str, str]]:
    """Dispatch the accounts; return the summaries, and the reason for each account that was rejected.

    Raise the errors that ask for another attempt at the end; that attempt recognises the accounts that are done.
    """
    _check_stored_rows(instance, [request.organization_id for request in requests])
    is_one = len(requests) == 1
    outcomes = [_attempt(requests[0], instance, instance.services)] if is_one else _attempt_all(requests, instance)
    raised = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    if raised:
        raise next((error for error in raised if not isinstance(error, Retryable)), raised[0])
    done = [outcome for outcome in outcomes if isinstance(outcome, Summary)]
    rejected = zip(requests, outcomes, strict=True)
    return done, {request.organization_id: reason for request, reason in rejected if isinstance(reason, str)}


def _attempt_all(requests: Sequence[Request], instance: Runtime) -> list[Summary | str | Exception]:
    if not requests:
        return []
    services = instance.services
    pool = threads.pool(min(len(requests), ACCOUNTS_AT_ONCE), name="dispatch")
    try:
        attempts = [pool.submit(_attempt, request, instance, services) for request in requests]
        return [attempt.result() for attempt in attempts]
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _attempt(request: Request, instance: Runtime, services: Services) -> Summary | str | Exception:
    """Dispatch an account; return the summary, why it was rejected, or the error that asks for another attempt."""
    with labels(organization_id=request.organization_id):
        return _outcome(request, instance, services)


def _outcome(request: Request, instance: Runtime, services: Services) -> Summary | str | Exception:
    try:
        return _dispatch(request, instance, services)
    except (AccountDisabled, AccountPaused) as error:
        logger.warning("nothing is published for %s: %s", request.organization_id, error)
        raise_wants(instance.services.state, request.organization_id, request.ask)
        return str(error) + (KEPT if request.ask else "")
    except (Rejected, AnotherAccount) as error:
        trouble = _publish_failure(request, instance, error)
        store_failure(error, request.organization_id, run_id=request.run_id, state=instance.services.state)
        return trouble or str(error)
    except Exception as error:  # noqa: BLE001 - a bug that one account's data reveals does not stop the others
        store_failure(error, request.organization_id, run_id=request.run_id, state=instance.services.state)
        logger.warning("%s is not dispatched yet: %s", request.organization_id, error)
        return error


def withdraw_backfill(
    organization_ids: Iterable[str], instance: Runtime
) -> tuple[dict[str, list[StillWanted]], dict[str, str]]:
    """Drop what is still wanted of accounts; return it by account, and the reason for each that was rejected."""
    withdrawn: dict[str, list[StillWanted]] = {}
    failed: dict[str, str] = {}
    for organization_id in organization_ids:
        try:
            instance.connections.ensure(organization_id)
            withdrawn[organization_id] = listed(withdraw_wants(instance.services.state, organization_id))
        except (BadDocument, SettingsError) as error:
            failed[organization_id] = str(error)
    return withdrawn, failed


def _check_stored_rows(instance: Runtime, organizations: Collection[str]) -> None:
    """Have campaigns whose rows are gone read again; what cannot be looked at is left to the next run."""
    if instance.stored_activities is None:
        return
    services = instance.services
    try:
        check_stored_rows(
            instance.stored_activities, state=services.state, clock=services.clock, organizations=organizations
        )
    except NewerSchema:
        raise
    except Exception as error:
        is_ours = isinstance(error, SendtrailError)
        logger.error("whether all rows are still stored is not known: %s", error, exc_info=None if is_ours else error)


def _dispatch(request: Request, instance: Runtime, services: Services) -> Summary:
    with metered(), _measured(request, services) as ended:
        ensure_account_runs(services.state, request.organization_id)
        with instance.account(request.organization_id) as account:
            policy = replace(_policy(instance.settings, interval_s=account.interval_s), floor=_kept_since(instance))
            lists = GuardedLists(
                claimed_account(account.connection),
                account,
                instance.services.state,
                lists_campaigns=request.campaign_ids != frozenset(),
            )
            begun = begin_run(request, services)
            if isinstance(begun, Summary):
                return begun  # whoever dispatched it has measured it
            summary = dispatch_begun(begun, lists=lists, services=services, policy=policy)
        if not summary.due and request.kind is not RunKind.CONTACTS:
            status = services.state.transact(lambda transaction: read_status(transaction, request.organization_id))
            ended(outcome_of(0 if status is None else status.failures))
    return summary


@contextmanager
def _measured(request: Request, services: Services) -> Iterator[Callable[[RunOutcome], None]]:
    """Measure a run that ends here: with an error, or with nothing for the workers, who end all others."""
    clock, began_s = services.clock, services.clock.monotonic()

    def ended(outcome: RunOutcome) -> None:
        measure_run(services.metrics, request.organization_id, outcome, seconds=clock.monotonic() - began_s)

    try:
        yield ended
    except (AccountDisabled, AccountPaused, Busy):
        ended(RunOutcome.BUSY)
        raise
    except Exception:
        ended(RunOutcome.ERROR)
        raise


def _kept_since(instance: Runtime) -> datetime | None:
    """Return from when on the warehouse keeps activities, None where it keeps all, or cannot be asked."""
    if instance.stored_activities is None:
        return None
    try:
        expiry = instance.stored_activities.look().expiry
    except Exception as error:  # noqa: BLE001 - reading what expires at once loses nothing
        logger.warning("how long activities are kept is not known: %s", error)
        return None
    if expiry is None:
        return None
    return datetime.combine((instance.services.clock.now() - expiry).date() + FIRST_KEPT, time.min, tzinfo=UTC)


def _policy(settings: FunctionSettings, *, interval_s: float) -> Policy:
    return Policy(
        lookback=timedelta(days=settings.lookback_days),
        settle=timedelta(hours=settings.settle_hours),
        audit=timedelta(days=settings.audit_days),
        backfill_requests=int(settings.backfill_hours * SECONDS_PER_HOUR / interval_s),
        overlap=settings.overlap,
        flush_rows=settings.flush_rows,
        deletions=settings.deletion_guard,
    )


def _publish_failure(request: Request, instance: Runtime, error: Exception) -> Retryable | None:
    """Publish why an account cannot be dispatched; return the trouble with that, which asks for another attempt."""
    logger.error("%s cannot be dispatched: %s", request.organization_id, error)
    item = WorkItem(organization_id=request.organization_id, subject="dispatch", run_id=request.run_id, sequence=0)
    try:
        publish_failure(instance.services, item, reason=str(error), of_account=is_of_account(error))
    except Retryable as trouble:
        logger.warning("the failure of %s is not published yet: %s", request.organization_id, trouble)
        return trouble
    return None
