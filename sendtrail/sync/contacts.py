"""Bring an account's contacts into the warehouse: one full pass by ascending id, then those that have vanished."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sendtrail.clock import Clock, is_credible
from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.delivery.deliver import Again, Finished, Outcome, Step, deliver
from sendtrail.delivery.lease import TaskContext, read_checkpoint
from sendtrail.delivery.services import Services
from sendtrail.domain.contact import Contact, ContactReader, PassCounts
from sendtrail.domain.deletion_guard import DeletionGuard, reason_for_doubt
from sendtrail.domain.messages import SyncContacts, encode
from sendtrail.errors import BadDocument, Rejected
from sendtrail.plurals import counted
from sendtrail.ports import LeaseCheck, State, TimeBudget, Topic, Transaction, Warehouse
from sendtrail.state.documents import contacts_path, from_document, to_document
from sendtrail.warehouse.domain_rows import contact_row, gone_contact_row
from sendtrail.warehouse.rows import ContactRow, Table

logger = logging.getLogger(__name__)

_CONTRADICTED = (
    "the account lists nobody after contact {} any more, and not that one either, although it had listed contacts just"
    " before: nobody was marked as deleted, and contacts may be missing until a pass comes to its end"
)
# A day, less what one of two daily runs may be early.
PASS_INTERVAL = timedelta(hours=23)


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactsProgress:
    """How far a pass has come: `pass_id` names it, `after` is the greatest id read, `unreadable` have no id.

    `seen` is how many contacts it has read at least, `ended_pass_id` the pass before it. `is_contradicted`: where it
    ended, the account did not show the last of them any more. `is_second`: the first is not believed. `erasing_since`
    is as in `ContactsSynced`, as long as this pass keeps to it.
    """

    pass_id: str
    started_at: datetime
    after: int = 0
    unreadable: int = 0
    seen: int = 0
    ended_pass_id: str = ""
    is_contradicted: bool = False
    is_second: bool = False
    erasing_since: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactsSynced:
    """What a finished pass leaves behind: when it began, and how many contacts it found gone.

    `erasing_since`: when the first began of the passes that were all believed and marked contacts as ones to be erased,
    this one and those right before it; None where this one did not.
    """

    pass_id: str
    synced_at: datetime
    vanished: int
    erasing_since: datetime | None = None


def is_pass_due(checkpoint: Checkpoint | None, *, now: datetime) -> bool:
    """Return whether a run that was not asked for the contacts reads them: once a day, and until a pass succeeds."""
    last = None if checkpoint is None else _believed_pass(checkpoint, now=now)
    return last is None or now - last.synced_at >= PASS_INTERVAL


def agreeing_pass(state: State, organization_id: str) -> datetime | None:
    """Return when the last pass began, None where it has not ended or it takes another one to erase who is gone.

    It takes two in a row under the setting: without it, contacts are marked as deleted by a date alone.
    """

    def work(transaction: Transaction) -> datetime | None:
        checkpoint = read_checkpoint(transaction, contacts_path(organization_id))
        last = None if checkpoint is None else _believed_pass(checkpoint, now=transaction.now)
        if last is None or last.erasing_since is None or last.erasing_since >= last.synced_at:
            return None
        return last.synced_at

    return state.transact(work)


def sync_contacts(
    message: SyncContacts,
    *,
    contacts: ContactReader,
    services: Services,
    budget: TimeBudget,
    guard: DeletionGuard | None = None,
    erases_gone: bool = False,
) -> Outcome:
    """Handle one delivery of an account's contacts; return to acknowledge it, raise to have it delivered again.

    `erases_gone`: an anonymised contact is stored as one that is deleted, to be erased; one that has the date of a
    deletion and no flag is not.
    """
    task = ContactsTask(message, contacts, services, guard=guard or DeletionGuard(), erases_gone=erases_gone)
    return deliver(task, services=services, budget=budget)


class ContactsTask:
    """The contacts' pass as the delivery protocol sees it."""

    def __init__(
        self,
        message: SyncContacts,
        contacts: ContactReader,
        services: Services,
        *,
        guard: DeletionGuard,
        erases_gone: bool,
    ) -> None:
        self._message, self._contacts, self._guard, self._erases_gone = message, contacts, guard, erases_gone
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

    def steps(self, progress: Mapping[str, Any] | None, synced: Mapping[str, Any] | None) -> Iterator[Step]:
        """Yield the contacts that are left, a page a step."""
        known = _read_progress(progress, now=self._clock.now())
        current = known or self._start(synced)
        if not self._erases_gone:
            current = replace(current, erasing_since=None)
        pass_id = current.pass_id
        if not current.after:
            begun = None if known else to_document(current)
            yield Step(rows=(), progress=begun, pass_id=pass_id, ended_pass_id=current.ended_pass_id)
        pages = self._contacts.contacts(current.after)
        asked_at = self._clock.now()  # before the page is asked for: a worker that is frozen has an old one in hand
        for page in pages:
            rows = [self._row(each, asked_at) for each in page.contacts]
            current = replace(
                current,
                after=page.last_id,
                unreadable=current.unreadable + page.unreadable,
                # Pages that are read by place may come again: they are all after the same id.
                seen=current.seen + len(rows) if page.last_id > current.after else max(current.seen, len(rows)),
                is_contradicted=page.is_contradicted,
            )
            yield Step(rows=rows, progress=to_document(current), pass_id=pass_id)
            asked_at = self._clock.now()

    def finish(self, progress: Mapping[str, Any], check_lease: LeaseCheck) -> Finished | Again:
        """Mark the contacts that this pass did not see, unless it cannot be believed; then read once more, and stop."""
        done = from_document(ContactsProgress, progress)
        if done.unreadable:
            without_id = counted(done.unreadable, "contact has", "contacts have")
            return _nobody(done, f"{without_id} no readable id, so nobody is marked as deleted by this pass")
        counts = self._warehouse.pass_counts(
            self._message.organization_id, pass_id=done.pass_id, started_at=done.started_at
        )
        is_incomplete = counts.seen < done.seen
        # An earlier delivery of this pass that could not record how far it came may have seen somebody.
        is_contradicted = done.is_contradicted or (not done.seen and counts.seen > 0)
        if not is_incomplete and not is_contradicted and not self._guard.doubts(counts):
            return self._mark(done, counts, check_lease)
        if not done.is_second:
            logger.warning("the list is in doubt, and %d seem to be deleted: all are read once more", counts.unseen)
            return Again(progress=to_document(_second(done)))
        if is_contradicted:
            return _nobody(done, _CONTRADICTED.format(done.after))
        if is_incomplete:
            return _nobody(done, "the warehouse has lost which contacts this pass saw: the next one reads them again")
        return _nobody(done, reason_for_doubt(counts, guard=self._guard, total=self._total()))

    def continuation(self, sequence: int) -> tuple[Topic, bytes]:
        """Return the message that goes on with this pass."""
        return Topic.CONTACTS, encode(replace(self._message, sequence=sequence))

    def _row(self, contact: Contact, now: datetime) -> ContactRow:
        make = contact_row
        if self._erases_gone:
            if contact.is_anonymized or (contact.is_deleted and not contact.email):
                make = gone_contact_row
            elif not contact.is_deleted:  # a mark leads to an erasure, and a date alone to none
                contact = replace(contact, deleted_at=None)
        return make(contact, organization_id=self._message.organization_id, now=now)

    def _start(self, synced: Mapping[str, Any] | None) -> ContactsProgress:
        message, now = self._message, self._clock.now()
        return ContactsProgress(
            pass_id=f"{message.run_id}_{message.sequence}",
            started_at=now,
            ended_pass_id=str((synced or {}).get("pass_id", "")),
            erasing_since=_erasing_since(synced, now=now) or now,
        )

    def _mark(self, done: ContactsProgress, counts: PassCounts, check_lease: LeaseCheck) -> Finished:
        vanished = self._warehouse.mark_vanished(
            self._message.organization_id,
            pass_id=done.pass_id,
            seen=done.seen,
            at=self._clock.now(),
            check_lease=check_lease,
        )
        record = _record(done, vanished=vanished, erasing_since=done.erasing_since if self._erases_gone else None)
        if vanished >= counts.unseen:
            return Finished(record=record)
        left = f"{vanished} of {counts.unseen} missing contacts were marked; the next pass marks the others"
        return Finished(record=record, failures=[left])

    def _total(self) -> int | None:
        try:
            return self._contacts.contact_count()
        except Rejected as error:
            logger.warning("the account does not say how many contacts it has: %s", error)
            return None


def _believed_pass(checkpoint: Checkpoint, *, now: datetime) -> ContactsSynced | None:
    if checkpoint.status is not Status.DONE or checkpoint.reason:
        return None
    last = _read_synced(checkpoint.synced)
    return last if last and is_credible(last.synced_at, now=now) else None


def _erasing_since(synced: Mapping[str, Any] | None, *, now: datetime) -> datetime | None:
    last = _read_synced(synced)
    since = last.erasing_since if last else None
    return since if since and is_credible(since, now=now) else None


def _read_synced(synced: Mapping[str, Any] | None) -> ContactsSynced | None:
    """Return what the last pass has left behind, None where there was none, or it cannot be read."""
    with suppress(BadDocument):
        return from_document(ContactsSynced, synced) if synced else None
    return None


def _second(done: ContactsProgress) -> ContactsProgress:
    """Return the start of a second pass, which takes the place of one that is not believed."""
    return ContactsProgress(
        pass_id=f"{done.pass_id}_again",
        started_at=done.started_at,
        ended_pass_id=done.pass_id,
        is_second=True,
        erasing_since=done.erasing_since,
    )


def _nobody(done: ContactsProgress, reason: str) -> Finished:
    return Finished(record=_record(done, vanished=0), failures=[reason])


def _record(done: ContactsProgress, *, vanished: int, erasing_since: datetime | None = None) -> dict[str, Any]:
    synced = ContactsSynced(
        pass_id=done.pass_id, synced_at=done.started_at, vanished=vanished, erasing_since=erasing_since
    )
    return to_document(synced)


def _read_progress(document: Mapping[str, Any] | None, *, now: datetime) -> ContactsProgress | None:
    """Return how far a pass has come; None where it has not begun, or cannot be read: then it begins anew."""
    try:
        progress = None if document is None else from_document(ContactsProgress, document)
    except BadDocument as error:
        logger.warning("the pass begins anew: %s", error)
        return None
    if progress is not None and not is_credible(progress.started_at, now=now):
        logger.warning("the pass begins anew: it began while a clock was wrong")
        return None
    return progress
