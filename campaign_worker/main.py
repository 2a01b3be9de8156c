"""The entry point of the campaign worker: Pub/Sub pushes each message of the campaigns topic to it."""

import functions_framework
from cloudevents.http import CloudEvent
from flask import request

from sendtrail.delivery.deliver import Outcome
from sendtrail.delivery.handler import handle
from sendtrail.domain.messages import SyncCampaign
from sendtrail.entrypoints.error_responses import answer_error
from sendtrail.entrypoints.pubsub_push import data_of
from sendtrail.entrypoints.runtime import runtime
from sendtrail.ports import TimeBudget
from sendtrail.sync.campaign import CampaignSource
from sendtrail.sync.campaign import sync_campaign as sync

functions_framework.errorhandler(Exception)(answer_error)


@functions_framework.cloud_event
def sync_campaign(event: CloudEvent) -> None:
    """Handle one delivery of a campaign's message."""
    runtime_ = runtime()
    with runtime_.serving(dict(request.headers)) as budget:
        handle(data_of(event), SyncCampaign, services=runtime_.services, sync=lambda message: _sync(message, budget))


def _sync(message: SyncCampaign, budget: TimeBudget) -> Outcome:
    runtime_ = runtime()
    with runtime_.account(message.organization_id, message.priority) as account:
        source = CampaignSource(lists=account, reports=account, overlap=runtime_.settings.overlap)
        return sync(message, source=source, services=runtime_.services, budget=budget)
