"""The entry point of the contacts worker: Pub/Sub pushes each message of the contacts topic to it."""

import functions_framework
from cloudevents.http import CloudEvent
from flask import request

from sendtrail.delivery.handler import handling
from sendtrail.domain.messages import SyncContacts
from sendtrail.entrypoints.error_responses import answer_error
from sendtrail.entrypoints.pubsub_push import data_of
from sendtrail.entrypoints.runtime import runtime
from sendtrail.entrypoints.worker_erasure import erase_after_pass
from sendtrail.erasure.confirmation import Lookups
from sendtrail.sync import contacts

functions_framework.errorhandler(Exception)(answer_error)


@functions_framework.cloud_event
def sync_contacts(event: CloudEvent) -> None:
    """Handle one delivery of an account's contacts."""
    instance = runtime()
    policy = instance.settings.gone_policy
    with instance.serving(dict(request.headers)) as budget, handling(instance.services) as delivery:
        message = delivery.receive(data_of(event), SyncContacts)
        with instance.account(message.organization_id, message.priority) as account:
            delivery.outcome = contacts.sync_contacts(
                message,
                contacts=account,
                services=instance.services,
                budget=budget,
                guard=instance.settings.deletion_guard,
                erases_gone=policy is not None,
            )
            erase_after_pass(
                delivery.outcome,
                instance.erasure,
                policy,
                item=message.item,
                services=instance.services,
                lookups=Lookups(account=account, is_over=budget.spent),
            )
