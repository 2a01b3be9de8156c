"""Bring an account's contacts into the warehouse: one full pass by ascending id, then those that have vanished."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sendtrail.clock import Clock
from sendtrail.delivery.deliver import Finished, Outcome, Step, deliver
from sendtrail.delivery.lease import TaskContext
from sendtrail.delivery.services import Services
from sendtrail.domain.contact import ContactReader
from sendtrail.domain.messages import SyncContacts, encode
from sendtrail.errors import BadDocument
from sendtrail.ports import TimeBudget, Topic, Warehouse
from sendtrail.state.documents import contacts_path, from_document, to_document
from sendtrail.warehouse.rows import Table, contact_row

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactsProgress:
    """How far a pass has come: `pass_id` names it, `after` is the greatest id read, `unreadable` have no id."""

    pass_id: str
    started_at: datetime
    after: int = 0
    unreadable: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactsSynced:
    """What a finished pass leaves behind: when it began, and how many contacts it found gone."""

    pass_id: str
    synced_at: datetime
    vanished: int


def sync_contacts(message: SyncContacts, *, contacts: ContactReader, services: Services, budget: TimeBudget) -> Outcome:
    """Handle one delivery of an account's contacts; return to acknowledge it, raise to have it delivered again."""
    return deliver(ContactsTask(message, contacts, services), services=services, budget=budget)


class ContactsTask:
    """The contacts' pass as the delivery protocol sees it."""

    def __init__(self, message: SyncContacts, contacts: ContactReader, services: Services) -> None:
        self._message, self._contacts = message, contacts
        self._clock: Clock = services.clock
        self._warehouse: Warehouse = services.warehouse

    @property
    def context(self) -> TaskContext:
        """Return which work it is, and where its checkpoint is stored."""
        message = self._message
        return TaskContext(
            item=message.item,
            checkpoint_path=contacts_path(message.organization_id),
            table=Table.CONTACTS,
            counts=False,
        )

    def steps(self, progress: Mapping[str, Any] | None, synced: Mapping[str, Any] | None) -> Iterator[Step]:  # noqa: ARG002
        """Yield the contacts that are left, a page a step; a full pass needs nothing of the last one."""
        known = _read_progress(progress)
        current = known or self._start()
        pass_id = current.pass_id
        if known is None:
            yield Step(rows=(), progress=to_document(current), pass_id=pass_id)
        for page in self._contacts.contacts(current.after):
            now = self._clock.now()
            rows = [contact_row(c, organization_id=self._message.organization_id, now=now) for c in page.contacts]
            current = replace(current, after=page.last_id, unreadable=current.unreadable + page.unreadable)
            yield Step(rows=rows, progress=to_document(current), pass_id=pass_id)

    def finish(self, progress: Mapping[str, Any]) -> Finished:
        """Mark the contacts that this pass, now that it is complete, did not see; nobody where some had no id."""
        done = from_document(ContactsProgress, progress)
        if done.unreadable:
            synced = ContactsSynced(pass_id=done.pass_id, synced_at=done.started_at, vanished=0)
            reason = f"{done.unreadable} contacts have no readable id, so nobody is marked as deleted by this pass"
            return Finished(record=to_document(synced), failures=[reason])
        vanished = self._warehouse.mark_vanished(
            self._message.organization_id, pass_id=done.pass_id, at=self._clock.now()
        )
        synced = ContactsSynced(pass_id=done.pass_id, synced_at=done.started_at, vanished=vanished)
        return Finished(record=to_document(synced))

    def continuation(self, sequence: int) -> tuple[Topic, bytes]:
        """Return the message that goes on with this pass."""
        return Topic.CONTACTS, encode(replace(self._message, sequence=sequence))

    def _start(self) -> ContactsProgress:
        message = self._message
        return ContactsProgress(pass_id=f"{message.run_id}_{message.sequence}", started_at=self._clock.now())


def _read_progress(document: Mapping[str, Any] | None) -> ContactsProgress | None:
    """Return how far a pass has come; None where it has not begun, or cannot be read: then it begins anew."""
    try:
        return None if document is None else from_document(ContactsProgress, document)
    except BadDocument as error:
        logger.warning("the pass begins anew: %s", error)
        return None
