"""The entry point of the campaign worker: Pub/Sub pushes each message of the campaigns topic to it."""

import functions_framework
from cloudevents.http import CloudEvent
from flask import request

from sendtrail.entrypoints import pushed_messages
from sendtrail.entrypoints.error_responses import answer_error
from sendtrail.entrypoints.runtime import runtime

functions_framework.errorhandler(Exception)(answer_error)


@functions_framework.cloud_event
def sync_campaign(event: CloudEvent) -> None:
    """Handle one delivery of a campaign's message."""
    pushed_messages.sync_campaign(pushed_messages.data_of(event), runtime(), headers=dict(request.headers))
