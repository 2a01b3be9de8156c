"""The messages that Pub/Sub pushes, as functions-framework passes them on, and what the workers do with them."""

from base64 import b64decode
from binascii import Error
from collections.abc import Mapping
from typing import Any

from cloudevents.http import CloudEvent

from sendtrail.delivery.handler import handling
from sendtrail.domain.messages import SyncCampaign, SyncContacts
from sendtrail.entrypoints.runtime import Runtime
from sendtrail.entrypoints.worker_erasure import erase_after_pass
from sendtrail.erasure.confirmation import Lookups
from sendtrail.sync import campaign, contacts


def data_of(event: CloudEvent) -> bytes:
    """Return the data of a pushed message; b"" if it cannot be read, which decodes to no message and is refused."""
    message: Any = (event.data or {}).get("message") or {}
    try:
        return b64decode(message.get("data") or b"", validate=True)
    except (Error, ValueError, TypeError):
        return b""


def sync_campaign(data: bytes, instance: Runtime, *, headers: Mapping[str, str]) -> None:
    """Handle one delivery of a campaign's message; raise Retryable for another one."""
    with instance.serving(headers) as budget, handling(instance.services) as delivery:
        message = delivery.receive(data, SyncCampaign)
        with instance.account(message.organization_id, message.priority) as account:
            source = campaign.CampaignSource(lists=account, reports=account, overlap=instance.settings.overlap)
            delivery.outcome = campaign.sync_campaign(message, source=source, services=instance.services, budget=budget)


def sync_contacts(data: bytes, instance: Runtime, *, headers: Mapping[str, str]) -> None:
    """Handle one delivery of an account's contacts, and erase who is gone; raise Retryable for another one."""
    policy = instance.settings.gone_policy
    with instance.serving(headers) as budget, handling(instance.services) as delivery:
        message = delivery.receive(data, SyncContacts)
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
