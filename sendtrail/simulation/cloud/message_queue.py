"""The queue of a simulated cloud: at least once, in any order, now and then twice or hours late, dead letters apart."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from random import Random

import orjson

from sendtrail.errors import Unavailable
from sendtrail.ports import Topic
from sendtrail.simulation.cloud.process import Process
from sendtrail.simulation.engine.faults import Fault, Faults
from sendtrail.simulation.engine.scheduler import Scheduler, Task

MOST_DELIVERIES = 100
FIRST_BACKOFF_S, LONGEST_BACKOFF_S = 10.0, 600.0
LATE_S = 3 * 3_600.0


@dataclass(kw_only=True, slots=True, eq=False)
class Queued:
    """A message of a subscription."""

    topic: Topic
    data: bytes
    organization_id: str
    due_at: float
    deliveries: int = 0
    is_out: bool = False


class MessageQueue:
    """All subscriptions; a message is there until it is acknowledged, or until it was delivered too often."""

    def __init__(self, scheduler: Scheduler, faults: Faults, random: Random) -> None:
        self._scheduler, self._faults, self._random = scheduler, faults, random
        self._messages: list[Queued] = []
        self._waiting: list[Task] = []
        self.acknowledged: list[Queued] = []
        self.dead: list[Queued] = []
        self.lost_some_of: set[str] = set()
        """The organizations of which messages were given up or purged, or refused when nobody asked any more."""
        self.published: Counter[Topic] = Counter()
        self.failures: list[str] = []
        """Why work could not be done, as published."""
        self.account_failures: dict[str, Counter[str]] = defaultdict(Counter)
        """How often an account as a whole was said to fail, by organization and run."""
        self.spaced_s = 0.0
        """So long after one another messages become due that are published at once."""

    def publish(self, topic: Topic, data: bytes) -> None:
        """Store a message, to be delivered now, perhaps later, perhaps twice."""
        self.published[topic] += 1
        if topic is Topic.FAILURES:
            failed = orjson.loads(data)
            self.failures.append(str(failed["reason"]))
            if failed["of_account"]:
                self.account_failures[failed["organization_id"]][failed["run_id"]] += 1
            return
        organization_id = organization_of(data)
        for _ in range(1 + self._faults.strikes(Fault.QUEUE_DUPLICATE)):
            late_s = LATE_S * self._random.random() if self._faults.strikes(Fault.QUEUE_LATE) else 0.0
            due_at = self._scheduler.now + late_s + self.spaced_s * len(self._messages)
            self._messages.append(Queued(topic=topic, data=data, organization_id=organization_id, due_at=due_at))
        self._wake()

    def take(self, topic: Topic) -> Queued:
        """Return one of the messages that are due, as soon as there is one."""
        while True:
            waiting = [each for each in self._messages if each.topic is topic and not each.is_out]
            due = [each for each in waiting if each.due_at <= self._scheduler.now]
            if due:
                message = self._random.choice(due)
                message.is_out, message.deliveries = True, message.deliveries + 1
                return message
            self._waiting.append(self._scheduler.current)
            next_due = min((each.due_at for each in waiting), default=None)
            self._scheduler.wait(None if next_due is None else next_due - self._scheduler.now)

    def acknowledge(self, message: Queued) -> None:
        """Forget a message."""
        if message in self._messages:
            self._messages.remove(message)
            self.acknowledged.append(message)

    def refuse(self, message: Queued) -> None:
        """Have a message delivered again, later with each time."""
        message.is_out = False
        # The subscription counts as well as it can: it may give up early.
        gives_up = message.deliveries >= MOST_DELIVERIES or self._faults.strikes(Fault.QUEUE_GIVES_UP)
        if gives_up and message in self._messages:
            self._messages.remove(message)
            self.dead.append(message)
            self.lost_some_of.add(message.organization_id)
        backoff_s = min(FIRST_BACKOFF_S * 2 ** (message.deliveries - 1), LONGEST_BACKOFF_S)
        message.due_at = self._scheduler.now + backoff_s
        self._wake()

    def purge(self) -> int:
        """Forget all messages that are not out; return how many there were."""
        dropped = [message for message in self._messages if not message.is_out]
        self._messages = [message for message in self._messages if message.is_out]
        self.lost_some_of |= {message.organization_id for message in dropped}
        return len(dropped)

    def seek_back(self) -> int:
        """Have all acknowledged messages, and the dead ones, delivered again; return how many there are."""
        again = [*self.acknowledged]
        self.acknowledged.clear()
        return self._deliver_again(again) + self.redrive()

    def redrive(self) -> int:
        """Have the dead letters delivered again; return how many there are."""
        again = [*self.dead]
        self.dead.clear()
        return self._deliver_again(again)

    def waiting(self, organizations: Collection[str]) -> list[str]:
        """Return whose messages wait or are out, of some organizations."""
        return [each.organization_id for each in self._messages if each.organization_id in organizations]

    def messages(self, topic: Topic, organization_id: str) -> list[Queued]:
        """Return an organization's messages that wait or are out."""
        return [each for each in self._messages if each.topic is topic and each.organization_id == organization_id]

    def _deliver_again(self, messages: Sequence[Queued]) -> int:
        for message in messages:
            self._messages.append(replace(message, due_at=self._scheduler.now, deliveries=0, is_out=False))
        self._wake()
        return len(messages)

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for task in waiting:
            self._scheduler.wake(task)


def organization_of(message: bytes) -> str:
    """Return whose message it is."""
    return str(orjson.loads(message)["organization_id"])


class SimulatedPublisher:
    """Satisfies Publisher for one process."""

    def __init__(self, process: Process, queue: MessageQueue) -> None:
        self._process, self._queue = process, queue

    def publish(self, topic: Topic, messages: Sequence[bytes], /) -> None:
        """Publish all messages, or some of them before it fails."""
        if not messages:
            return
        self._process.step(f"publishes {len(messages)} to {topic}")
        if self._process.faults.strikes(Fault.QUEUE_UNAVAILABLE):
            raise Unavailable("the queue cannot be reached (simulated)")
        is_partly = self._process.faults.strikes(Fault.QUEUE_PARTLY)
        for data in messages[: len(messages) // 2] if is_partly else messages:
            self._queue.publish(topic, self._process.publishes(data) if self._process.publishes else data)
        if is_partly:
            raise Unavailable("not all messages are published (simulated)")
        self._process.step("published")
