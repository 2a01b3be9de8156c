"""The entry point of the campaign worker: Pub/Sub pushes each message of the campaigns topic to it."""

import functions_framework
from cloudevents.http import CloudEvent
from flask import request

from sendtrail.delivery.handler import handling
from sendtrail.domain.messages import SyncCampaign
from sendtrail.entrypoints.error_responses import answer_error
from sendtrail.entrypoints.pubsub_push import data_of
from sendtrail.entrypoints.runtime import runtime
from sendtrail.sync import campaign

functions_framework.errorhandler(Exception)(answer_error)


@functions_framework.cloud_event
def sync_campaign(event: CloudEvent) -> None:
    """Handle one delivery of a campaign's message."""
    instance = runtime()
    with instance.serving(dict(request.headers)) as budget, handling(instance.services) as delivery:
        message = delivery.receive(data_of(event), SyncCampaign)
        with instance.account(message.organization_id, message.priority) as account:
            source = campaign.CampaignSource(lists=account, reports=account, overlap=instance.settings.overlap)
            delivery.outcome = campaign.sync_campaign(message, source=source, services=instance.services, budget=budget)
