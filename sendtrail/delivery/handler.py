"""From the bytes of a message to a handled delivery, in the cloud and on one machine alike."""

import logging
from collections.abc import Callable
from typing import TypeVar

from sendtrail.delivery.deliver import Outcome, publish_failure
from sendtrail.delivery.services import Services
from sendtrail.domain.messages import SyncCampaign, SyncContacts, decode
from sendtrail.errors import BadMessage, Rejected
from sendtrail.logs import Event, labels, log_event

logger = logging.getLogger(__name__)

M = TypeVar("M", SyncCampaign, SyncContacts)


def handle(data: bytes, kind: type[M], *, services: Services, sync: Callable[[M], Outcome]) -> Outcome:
    """Handle one delivery; return to acknowledge it, raise Retryable to have it delivered again.

    A message that can never be handled goes to the failures topic with its reason and is acknowledged.
    """
    try:
        message = decode(kind, data)
    except BadMessage as error:
        return _reject(services, None, error)
    with labels(**_labels(message)):
        try:
            outcome = sync(message)
        except Rejected as error:  # before the work was claimed: an account that is not configured
            return _reject(services, message, error)
        log_event(logger, Event.DELIVERY_ENDED, outcome=outcome)
        return outcome


def subject_of(message: SyncCampaign | SyncContacts) -> str:
    """Return what a message is about: a campaign's id, or "contacts"."""
    return str(message.campaign_id) if isinstance(message, SyncCampaign) else "contacts"


def _labels(message: SyncCampaign | SyncContacts) -> dict[str, str]:
    campaign = {"campaign_id": str(message.campaign_id)} if isinstance(message, SyncCampaign) else {}
    return {
        "organization_id": message.organization_id,
        "run_id": message.run_id,
        "sequence": str(message.sequence),
        **campaign,
    }


def _reject(services: Services, message: SyncCampaign | SyncContacts | None, error: Rejected) -> Outcome:
    logger.error("given up: %s", error)
    publish_failure(
        services.publisher,
        services.clock,
        organization_id=message.organization_id if message else "",
        subject=subject_of(message) if message else "message",
        run_id=message.run_id if message else "",
        sequence=message.sequence if message else 0,
        reason=str(error),
    )
    log_event(logger, Event.DELIVERY_ENDED, outcome=Outcome.FAILED)
    return Outcome.FAILED
