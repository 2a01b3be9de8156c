"""Pub/Sub of a fleet: messages are pushed in any order while a function has a thread, and again later where refused."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random

import orjson

from sendtrail.ports import Topic
from sendtrail.simulation.engine.scheduler import Scheduler

PUBLISH_S = 0.05
FIRST_BACKOFF_S, LONGEST_BACKOFF_S = 10.0, 600.0


@dataclass(kw_only=True, slots=True)
class Message:
    """A message, and how often it was delivered."""

    topic: Topic
    data: bytes
    organization_id: str
    run_id: str
    deliveries: int = 0


@dataclass(kw_only=True)
class FleetQueue:
    """All subscriptions; `push` starts a delivery and returns whether there is a thread for it."""

    scheduler: Scheduler
    random: Random
    push: Callable[[Message], bool]
    on_published: Callable[[Message], None]
    on_done: Callable[[Message, float], None]
    failures: list[str] = field(default_factory=list)
    published: Counter[Topic] = field(default_factory=Counter)
    refused: int = 0
    _due: dict[Topic, list[Message]] = field(default_factory=lambda: {topic: [] for topic in Topic})
    _later: list[tuple[float, int, Message]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    def publish(self, topic: Topic, messages: Sequence[bytes], /) -> None:
        """Store messages, and push what can be pushed."""
        for data in messages:
            self.published[topic] += 1
            fields = orjson.loads(data)
            if topic is Topic.FAILURES:
                self.failures.append(str(fields["reason"]))
                continue
            whose, run_id = str(fields["organization_id"]), str(fields["run_id"])
            message = Message(topic=topic, data=data, organization_id=whose, run_id=run_id)
            self.on_published(message)
            self._due[topic].append(message)
        self.scheduler.wait(PUBLISH_S)
        self.pump(topic)

    def pump(self, topic: Topic) -> None:
        """Push messages that are due, any of them, for as long as there are threads."""
        self._wake_later()
        due = self._due[topic]
        while due:
            place = int(self.random.random() * len(due))
            due[place], due[-1] = due[-1], due[place]
            due[-1].deliveries += 1
            if not self.push(due[-1]):
                due[-1].deliveries -= 1
                return
            due.pop()

    def acknowledge(self, message: Message) -> None:
        """Forget a message."""
        self.on_done(message, self.scheduler.now)

    def refuse(self, message: Message) -> None:
        """Have a message pushed again, later with each time."""
        self.refused += 1
        backoff_s = min(FIRST_BACKOFF_S * 2 ** (message.deliveries - 1), LONGEST_BACKOFF_S)
        heapq.heappush(self._later, (self.scheduler.now + backoff_s, next(self._numbers), message))

    def tick(self) -> None:
        """Push what has become due meanwhile."""
        for topic in self._due:
            self.pump(topic)

    def _wake_later(self) -> None:
        while self._later and self._later[0][0] <= self.scheduler.now:
            message = heapq.heappop(self._later)[2]
            self._due[message.topic].append(message)
