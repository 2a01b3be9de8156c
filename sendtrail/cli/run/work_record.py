"""What became of each piece of work of a run, counted as it is published, delivered and given up."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sendtrail.delivery.deliver import Outcome
from sendtrail.domain.messages import SyncCampaign, SyncContacts, decode
from sendtrail.domain.work_item import WorkItem
from sendtrail.ports import Publisher, Topic


class Fate(StrEnum):
    """What became of a campaign, or of the contacts, in this run."""

    DONE = "done"
    INCOMPLETE = "incomplete"  # done but for reports that failed
    FAILED = "failed"
    STOPPED_HALFWAY = "stopped halfway"  # what was read is recorded; the rest was not delivered any more
    NOT_REACHED = "not reached"
    PAUSED = "paused"  # what was read is recorded; the rest waits for the end of the pause
    WITHDRAWN = "not wanted any more"


# An outcome that is missing here says that this message had nothing to do: an earlier one says what became of its work.
_FATES: Mapping[Outcome, Fate] = {
    Outcome.DONE: Fate.DONE,
    Outcome.INCOMPLETE: Fate.INCOMPLETE,
    Outcome.FAILED: Fate.FAILED,
    Outcome.CONTINUED: Fate.STOPPED_HALFWAY,  # until its continuation has ended
    Outcome.REPUBLISHED: Fate.STOPPED_HALFWAY,
    Outcome.LOST: Fate.STOPPED_HALFWAY,
    Outcome.PAUSED: Fate.PAUSED,
    Outcome.WITHDRAWN: Fate.WITHDRAWN,
}


class WorkRecord:
    """The fate so far of everything that the run has published; any thread may add to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fates: dict[str, tuple[int, Fate]] = {}  # with the sequence of the delivery that said so

    def clear(self) -> None:
        """Begin anew, for another run."""
        with self._lock:
            self._fates.clear()

    def on_published(self, topic: Topic, messages: Iterable[bytes]) -> None:
        """Count messages that a delivery is to follow."""
        for message in messages:
            if (subject := subject_of(topic, message)) is not None:
                with self._lock:
                    self._fates.setdefault(subject, (0, Fate.NOT_REACHED))

    def on_ended(self, item: WorkItem, outcome: Outcome) -> None:
        """Count a delivery that was acknowledged, unless one of a later sequence has ended before it."""
        if outcome in _FATES:
            self._set(item, _FATES[outcome])

    def on_error(self, item: WorkItem) -> None:
        """Count a delivery that ended with an error and may be tried again, unless its work was done by a duplicate."""
        if self.fates().get(item.subject) is not Fate.DONE:
            self._set(item, Fate.STOPPED_HALFWAY)

    def on_given_up(self, subject: str) -> None:
        """Count a message that is not delivered any more."""
        with self._lock:
            sequence, _ = self._fates.get(subject, (0, Fate.FAILED))
            self._fates[subject] = (sequence, Fate.FAILED)

    def fates(self) -> Mapping[str, Fate]:
        """Return the fate of each campaign by its id, and of the contacts."""
        with self._lock:
            return {subject: fate for subject, (_, fate) in self._fates.items()}

    def _set(self, item: WorkItem, fate: Fate) -> None:
        with self._lock:
            known = self._fates.get(item.subject)
            if known is not None and item.sequence >= known[0]:
                self._fates[item.subject] = (item.sequence, fate)


@dataclass(frozen=True, kw_only=True, slots=True)
class ObservedPublisher:
    """Calls `on_published` with all that is about to be published."""

    inner: Publisher
    on_published: Callable[[Topic, Sequence[bytes]], None]

    def publish(self, topic: Topic, messages: Sequence[bytes], /) -> None:
        """Publish all messages."""
        self.on_published(topic, messages)  # first: a delivery may end before publish() returns
        self.inner.publish(topic, messages)


def subject_of(topic: Topic, message: bytes) -> str | None:
    """Return what a message is about, None for one that only reports a failure."""
    match topic:
        case Topic.CAMPAIGNS:
            return decode(SyncCampaign, message).item.subject
        case Topic.CONTACTS:
            return decode(SyncContacts, message).item.subject
        case Topic.FAILURES:
            return None
