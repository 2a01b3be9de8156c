"""The workers of a run on this machine: they sync what the queue delivers, as the functions do."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sendtrail.cli.run.local_adapters import LocalAdapters
from sendtrail.cli.run.local_limits import LocalBudget
from sendtrail.cli.run.run_observer import RunObserver
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.delivery.deliver import Outcome
from sendtrail.delivery.handler import Delivery, handling
from sendtrail.domain.messages import SyncCampaign, SyncContacts
from sendtrail.ports import Topic
from sendtrail.sync.campaign import CampaignSource, sync_campaign
from sendtrail.sync.contacts import sync_contacts


class LocalWorkers:
    """Handles the messages of one run."""

    def __init__(self, settings: SyncSettings, adapters: LocalAdapters, observer: RunObserver) -> None:
        self._settings, self._adapters, self._observer = settings, adapters, observer
        self._read_slot = threading.Semaphore(settings.concurrency)

    def work(self) -> None:
        """Handle messages until nothing is left, or the run is stopped."""
        self._adapters.queue.run(
            {Topic.CAMPAIGNS: self._sync_campaign, Topic.CONTACTS: self._sync_contacts},
            # Half of them merge what they have read, while the others read.
            concurrency=2 * self._settings.concurrency,
            apart=Topic.CONTACTS,
        )

    def _sync_campaign(self, data: bytes) -> None:
        adapters = self._adapters
        with self._delivery(Topic.CAMPAIGNS) as delivery:
            message = delivery.receive(data, SyncCampaign)
            account = adapters.account(message.priority, adapters.stats.on_response)
            source = CampaignSource(lists=account, reports=account, overlap=self._settings.overlap)
            delivery.outcome = sync_campaign(
                message, source=source, services=adapters.services, budget=self._budget(), read_slot=self._read_slot
            )

    def _sync_contacts(self, data: bytes) -> None:
        adapters = self._adapters
        with self._delivery(Topic.CONTACTS) as delivery:
            message = delivery.receive(data, SyncContacts)
            account = adapters.account(message.priority, adapters.stats.on_contacts_response)
            delivery.outcome = sync_contacts(
                message,
                contacts=account,
                services=adapters.services,
                budget=self._budget(),
                guard=self._settings.deletion_guard,
                erases_gone=self._settings.gone_policy is not None,
            )

    @contextmanager
    def _delivery(self, topic: Topic) -> Iterator[Delivery]:
        record = self._adapters.record
        with handling(self._adapters.services) as delivery:
            try:
                yield delivery
            except BaseException:
                record.on_error(delivery.item)
                raise
        record.on_ended(delivery.item, delivery.outcome)
        if delivery.outcome is Outcome.DONE:
            self._observer.on_finished(topic)

    def _budget(self) -> LocalBudget:
        adapters = self._adapters
        return LocalBudget(adapters.clock, budget_s=self._settings.time_budget_s, stop=adapters.stop)
