"""The entry point of the dispatcher: Cloud Scheduler calls it, and so may a person."""

import logging
from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta

import functions_framework
from flask import Request as HttpRequest
from flask import jsonify
from flask.typing import ResponseReturnValue

from dispatcher.http_request import read_asked, run_id_of
from sendtrail.delivery.deliver import publish_failure
from sendtrail.entrypoints.error_responses import answer_error
from sendtrail.entrypoints.runtime import Runtime, runtime
from sendtrail.entrypoints.settings import FunctionSettings
from sendtrail.errors import Rejected, Retryable
from sendtrail.logs import labels
from sendtrail.sync.dispatch import Summary
from sendtrail.sync.dispatch import dispatch as dispatch_account
from sendtrail.sync.due import Policy, Request

logger = logging.getLogger(__name__)

SECONDS_AN_HOUR = 3_600

functions_framework.errorhandler(Exception)(answer_error)


@functions_framework.http
def dispatch(request: HttpRequest) -> ResponseReturnValue:
    """Publish a message for each campaign with news, of one account or of all that are enabled."""
    runtime_ = runtime()
    with runtime_.serving(dict(request.headers)):
        asked = read_asked(request.get_data())
        run_id = run_id_of(
            dict(request.headers), now=runtime_.services.clock.now(), new_token=runtime_.services.new_token()
        )
        accounts = [asked.organization_id] if asked.organization_id else runtime_.connections.enabled()
        with labels(run_id=run_id):
            done, failed = _dispatch_all(runtime_, [asked.of(account, run_id=run_id) for account in accounts])
    return jsonify(run_id=run_id, accounts=[asdict(summary) for summary in done], failed=failed), 202


def _dispatch_all(runtime_: Runtime, requests: Iterable[Request]) -> tuple[list[Summary], dict[str, str]]:
    """Dispatch one account after the other; what is wrong with one holds up none of the others.

    Raise, at the end, what asks for another try: the accounts that are done by then are known as such.
    """
    done: list[Summary] = []
    failed: dict[str, str] = {}
    raised: list[Exception] = []
    for request in requests:
        try:
            done.append(_dispatch(runtime_, request))
        except Rejected as error:
            failed[request.organization_id] = str(error)
            _report(runtime_, request, reason=str(error))
        except Exception as error:  # noqa: BLE001 - nor does a bug that one account's data bring to light
            logger.warning("%s is not dispatched yet: %s", request.organization_id, error)
            raised.append(error)
    if raised:
        raise next((error for error in raised if not isinstance(error, Retryable)), raised[0])
    return done, failed


def _dispatch(runtime_: Runtime, request: Request) -> Summary:
    with runtime_.account(request.organization_id) as account:
        policy = _policy(runtime_.settings, interval_s=account.interval_s)
        return dispatch_account(request, lists=account, services=runtime_.services, policy=policy)


def _policy(settings: FunctionSettings, *, interval_s: float) -> Policy:
    return Policy(
        lookback=timedelta(days=settings.lookback_days),
        settle=timedelta(hours=settings.settle_hours),
        audit=timedelta(days=settings.audit_days),
        backfill_requests=int(settings.backfill_hours * SECONDS_AN_HOUR / interval_s),
        overlap=settings.overlap,
        flush_rows=settings.flush_rows,
    )


def _report(runtime_: Runtime, request: Request, *, reason: str) -> None:
    logger.error("%s cannot be dispatched: %s", request.organization_id, reason)
    publish_failure(
        runtime_.services.publisher,
        runtime_.services.clock,
        organization_id=request.organization_id,
        subject="dispatch",
        run_id=request.run_id,
        sequence=0,
        reason=reason,
    )
