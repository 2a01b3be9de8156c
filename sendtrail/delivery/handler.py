"""From the bytes of a message to a handled delivery, in the cloud and on one machine alike.

    with handling(services) as delivery:
        message = delivery.receive(data, SyncCampaign)
        ...  # reach its account, and sync

Leaving the block acknowledges the message, unless an error that may pass is raised.
"""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TypeVar

from sendtrail.delivery.deliver import Outcome
from sendtrail.delivery.failures import is_of_account, publish_failure
from sendtrail.delivery.services import Services
from sendtrail.delivery.usage_meter import metered
from sendtrail.domain.messages import SyncCampaign, SyncContacts, decode
from sendtrail.domain.work_item import CONTACTS, UNREADABLE, WorkItem
from sendtrail.errors import AccountDisabled, AccountPaused, Rejected
from sendtrail.logs import Event, labels, log_event
from sendtrail.metrics.definitions import ACCOUNT, DELIVERY_DURATION, OUTCOME, WORK
from sendtrail.metrics.recording import Metrics

logger = logging.getLogger(__name__)

# Not an Outcome: the delivery is not acknowledged.
RETRIED = "retried"

M = TypeVar("M", SyncCampaign, SyncContacts)


class Delivery:
    """One delivery of a message; `outcome` is for the caller to set, and stays FAILED where the work is rejected."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.item: WorkItem = UNREADABLE
        self.outcome = Outcome.FAILED

    def receive(self, data: bytes, kind: type[M]) -> M:
        """Return the message, with which everything that is logged from now on is labelled; raise BadMessage."""
        message = decode(kind, data)
        self.item = message.item
        self._stack.enter_context(labels(**self.item.labels))
        return message


@contextmanager
def handling(services: Services) -> Iterator[Delivery]:
    """Handle one delivery in a block; raise Retryable to have the message delivered again.

    Work that can never succeed, such as a message that cannot be read or an account that is not configured, goes to the
    failures topic with its reason and is acknowledged. So is work of an account that is paused or switched off:
    the dispatcher finds it again when the account is on. A delivery that is not acknowledged is counted, too.
    """
    began_s, clock, metrics = services.clock.monotonic(), services.clock, services.metrics
    with metered(), ExitStack() as stack:
        delivery = Delivery(stack)
        try:
            yield delivery
        except (AccountDisabled, AccountPaused) as error:
            logger.info("not now: %s", error)
            delivery.outcome = Outcome.PAUSED
            log_event(logger, Event.DELIVERY_ENDED, outcome=delivery.outcome)
        except Rejected as error:  # before the work was claimed: after that, `deliver` says so on the checkpoint
            logger.error("given up: %s", error)
            publish_failure(services, delivery.item, reason=str(error), of_account=is_of_account(error))
            log_event(logger, Event.DELIVERY_ENDED, outcome=delivery.outcome)
        except Exception:
            log_event(logger, Event.DELIVERY_ENDED, outcome=RETRIED)
            _measure(delivery.item, RETRIED, clock.monotonic() - began_s, metrics)
            raise
        _measure(delivery.item, delivery.outcome, clock.monotonic() - began_s, metrics)


def _measure(item: WorkItem, outcome: str, seconds: float, metrics: Metrics) -> None:
    work = item.subject if item.subject in {CONTACTS, UNREADABLE.subject} else "campaign"
    metrics.record(DELIVERY_DURATION, seconds, {ACCOUNT: item.organization_id, WORK: work, OUTCOME: str(outcome)})
