"""Work that failed for good: published to the failures topic with its reason, and counted in the log."""

import logging

from sendtrail.delivery.services import Services
from sendtrail.domain.messages import encode, work_failed
from sendtrail.domain.work_item import WorkItem
from sendtrail.errors import KeyRefused, SettingsError
from sendtrail.logs import Event, labels, log_event
from sendtrail.ports import Topic

logger = logging.getLogger(__name__)


def publish_failure(services: Services, item: WorkItem, *, reason: str, of_account: bool = False) -> None:
    """Publish work that can never succeed; `of_account`: all work of its account fails for this reason."""
    failed = work_failed(item, reason=reason, at=services.clock.now(), of_account=of_account)
    services.publisher.publish(Topic.FAILURES, [encode(failed)])
    with labels(**item.labels):
        log_event(logger, Event.WORK_FAILED, subject=item.subject)


def is_of_account(error: Exception) -> bool:
    """Return whether an error concerns an account as a whole: its key, or how it is connected."""
    return isinstance(error, KeyRefused | SettingsError) or isinstance(error.__cause__, SettingsError)
