"""The entry point of the contacts worker: Pub/Sub pushes each message of the contacts topic to it."""

import functions_framework
from cloudevents.http import CloudEvent
from flask import request

from sendtrail.delivery.deliver import Outcome
from sendtrail.delivery.handler import handle
from sendtrail.domain.messages import SyncContacts
from sendtrail.entrypoints.error_responses import answer_error
from sendtrail.entrypoints.pubsub_push import data_of
from sendtrail.entrypoints.runtime import cloud
from sendtrail.ports import TimeBudget
from sendtrail.rate_limit.gcra import Priority
from sendtrail.sync.contacts import sync_contacts as sync

functions_framework.errorhandler(Exception)(answer_error)


@functions_framework.cloud_event
def sync_contacts(event: CloudEvent) -> None:
    """Handle one delivery of an account's contacts."""
    here = cloud()
    with here.serving(dict(request.headers)) as budget:
        handle(data_of(event), SyncContacts, services=here.services, sync=lambda message: _sync(message, budget))


def _sync(message: SyncContacts, budget: TimeBudget) -> Outcome:
    here = cloud()
    with here.account(message.organization_id, Priority.BACKGROUND) as account:
        return sync(message, contacts=account, services=here.services, budget=budget)
