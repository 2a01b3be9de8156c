"""The entry point of the dispatcher: Cloud Scheduler calls it, and so may a person."""

from dataclasses import asdict

import functions_framework
from flask import Request, jsonify
from flask.typing import ResponseReturnValue

from dispatcher.http_request import read_request, run_id_of
from sendtrail.entrypoints.dispatch_accounts import dispatch_accounts, withdraw_backfill
from sendtrail.entrypoints.error_responses import answer_error
from sendtrail.entrypoints.runtime import runtime
from sendtrail.logs import labels

functions_framework.errorhandler(Exception)(answer_error)


@functions_framework.http
def dispatch(request: Request) -> ResponseReturnValue:
    """Publish a message for each changed campaign, of one account or of all that are enabled."""
    instance, headers = runtime(), dict(request.headers)
    services = instance.services
    with instance.serving(headers):
        wanted = read_request(request.get_data())
        run_id = run_id_of(headers, now=services.clock.now(), new_token=services.new_token())
        accounts = wanted.accounts(instance.connections.enabled)
        with labels(run_id=run_id):
            if wanted.cancel_backfill:
                withdrawn, failed = withdraw_backfill(accounts, instance)
                return jsonify(run_id=run_id, withdrawn=withdrawn, failed=failed), 200
            done, failed = dispatch_accounts([wanted.of(account, run_id=run_id) for account in accounts], instance)
    return jsonify(run_id=run_id, accounts=[asdict(summary) for summary in done], failed=failed), 202
