"""The entry point of the contacts worker: Pub/Sub pushes each message of the contacts topic to it."""

import functions_framework
from cloudevents.http import CloudEvent
from flask import request

from sendtrail.delivery.deliver import Outcome
from sendtrail.delivery.handler import handle
from sendtrail.domain.messages import SyncContacts
from sendtrail.domain.request_rate import Priority
from sendtrail.entrypoints.error_responses import answer_error
from sendtrail.entrypoints.pubsub_push import data_of
from sendtrail.entrypoints.runtime import runtime
from sendtrail.ports import TimeBudget
from sendtrail.sync.contacts import sync_contacts as sync

functions_framework.errorhandler(Exception)(answer_error)


@functions_framework.cloud_event
def sync_contacts(event: CloudEvent) -> None:
    """Handle one delivery of an account's contacts."""
    runtime_ = runtime()
    with runtime_.serving(dict(request.headers)) as budget:
        handle(data_of(event), SyncContacts, services=runtime_.services, sync=lambda message: _sync(message, budget))


def _sync(message: SyncContacts, budget: TimeBudget) -> Outcome:
    runtime_ = runtime()
    with runtime_.account(message.organization_id, Priority.BACKGROUND) as account:
        return sync(message, contacts=account, services=runtime_.services, budget=budget)
