"""A queue inside the process that delivers at least once and redelivers, as Pub/Sub does."""

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, replace

from sendtrail.clock import Clock
from sendtrail.ports import Topic


@dataclass(frozen=True, kw_only=True, slots=True)
class Redelivery:
    """At most `max_attempts` deliveries: the second `first_delay_s` after the first, the next ever further apart."""

    max_attempts: int = 6
    first_delay_s: float = 2.0
    max_delay_s: float = 60.0


def delay_s(policy: Redelivery, *, attempts: int, chance: float) -> float | None:
    """Return the wait after `attempts` failed deliveries, None if there is no further attempt.

    It doubles with every attempt; `chance` (0 to 1) removes up to half of it, so that messages that failed together are
    not redelivered together.
    """
    if attempts >= policy.max_attempts:
        return None
    longest = min(policy.max_delay_s, policy.first_delay_s * 2.0 ** (attempts - 1))
    return longest * (1 - chance / 2)


Handler = Callable[[bytes], None]
Handlers = Mapping[Topic, Handler]

# How long run() may take to notice stop() or a message from outside while only redeliveries are left.
NAP_S = 0.2


@dataclass(frozen=True, kw_only=True, slots=True)
class FailedDelivery:
    """A message that failed in every attempt; it is not delivered again."""

    topic: Topic
    message: bytes
    attempts: int
    error: Exception


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How many messages of a topic were published, handled and given up."""

    published: int = 0
    done: int = 0
    failed: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Delivery:
    topic: Topic
    message: bytes
    attempt: int = 1


class InProcessQueue:
    """Delivers published messages to handlers in threads; `published_failures` are those of the failures topic."""

    def __init__(self, *, clock: Clock, chance: Callable[[], float], redelivery: Redelivery | None = None) -> None:
        self._clock = clock
        self._chance = chance
        self._redelivery = redelivery or Redelivery()
        self._changed = threading.Condition()  # guards everything below; re-entrant, so that a signal may call stop()
        self._ready: deque[_Delivery] = deque()
        self._delayed: list[tuple[float, _Delivery]] = []
        self._running = 0
        self._is_stopping = False
        self._fatal: BaseException | None = None
        self._counts = {topic: Counts() for topic in Topic}
        self.failures: list[FailedDelivery] = []
        self.published_failures: list[bytes] = []

    def publish(self, topic: Topic, messages: Sequence[bytes], /) -> None:
        """Queue all messages."""
        with self._changed:
            self._ready.extend(_Delivery(topic=topic, message=message) for message in messages)
            self._count(topic, published=len(messages))
            if topic is Topic.FAILURES:
                self.published_failures.extend(messages)
            self._changed.notify_all()

    def run(self, handlers: Handlers, *, concurrency: int, apart: Topic | None = None) -> None:
        """Deliver until nothing is left, the messages of handlers included, or until stop().

        Up to `concurrency` messages are delivered at a time, and beside them one of the topic `apart`.

        An Exception of a handler leads to a redelivery; anything else (KeyboardInterrupt) ends the run and is raised.
        The failures topic needs no handler.
        """
        context = copy_context()
        shared = frozenset(Topic) - {apart}
        lanes = [shared] * concurrency + ([frozenset({apart})] if apart else [])
        workers = [
            threading.Thread(target=self._work, args=(handlers, lane, context), name=f"delivery-{number}", daemon=True)
            for number, lane in enumerate(lanes, start=1)
        ]
        for worker in workers:
            worker.start()
        try:
            self._redeliver_until_done()
        except BaseException:
            self.stop()
            raise
        finally:
            for worker in workers:
                worker.join()
        fatal, self._fatal = self._fatal, None
        if fatal is not None:
            raise fatal

    def stop(self) -> None:
        """Start no further delivery, and let the current ones end. A stopped queue cannot run again."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()

    def counts(self) -> Mapping[Topic, Counts]:
        """Return the counts of each topic."""
        with self._changed:
            return dict(self._counts)

    def _redeliver_until_done(self) -> None:
        """Queue what is due again; sleep only while nothing runs, so that what a handler publishes never waits."""
        while True:
            with self._changed:
                if self._is_over():
                    self._changed.notify_all()
                    return
                wait_s = self._queue_due_deliveries()
                if self._ready or self._running:
                    self._changed.wait(wait_s)
                    continue
            self._clock.sleep(min(wait_s or 0.0, NAP_S))

    def _queue_due_deliveries(self) -> float | None:
        """Return the seconds until the next redelivery is due, None if there is none."""
        now = self._clock.monotonic()
        due = [entry for entry in self._delayed if entry[0] <= now]
        if due:
            self._delayed = [entry for entry in self._delayed if entry[0] > now]
            self._ready.extend(delivery for _, delivery in due)
            self._changed.notify_all()
        return min((at - now for at, _ in self._delayed), default=None)

    def _work(self, handlers: Handlers, lane: frozenset[Topic], context: Context) -> None:
        while (delivery := self._next(lane)) is not None:
            error: BaseException | None = None
            try:
                handler = _handler(handlers, delivery.topic)
                context.copy().run(handler, delivery.message)  # the next delivery does not see what this one sets
            except BaseException as caught:  # noqa: BLE001 - whatever it is, run() decides what to do about it
                error = caught
            self._settle(delivery, error)

    def _next(self, lane: frozenset[Topic]) -> _Delivery | None:
        with self._changed:
            while not self._is_over():
                delivery = next((each for each in self._ready if each.topic in lane), None)
                if delivery is not None:
                    self._ready.remove(delivery)
                    self._running += 1
                    return delivery
                self._changed.wait()
            return None

    def _settle(self, delivery: _Delivery, error: BaseException | None) -> None:
        with self._changed:
            self._running -= 1
            if error is None:
                self._count(delivery.topic, done=1)
            elif isinstance(error, Exception):
                self._postpone(delivery, error)
            else:
                self._fatal = error
            self._changed.notify_all()

    def _postpone(self, delivery: _Delivery, error: Exception) -> None:
        wait_s = delay_s(self._redelivery, attempts=delivery.attempt, chance=self._chance())
        if wait_s is not None:
            at = self._clock.monotonic() + wait_s
            self._delayed.append((at, replace(delivery, attempt=delivery.attempt + 1)))
            return
        self._count(delivery.topic, failed=1)
        self.failures.append(
            FailedDelivery(topic=delivery.topic, message=delivery.message, attempts=delivery.attempt, error=error)
        )

    def _is_over(self) -> bool:
        is_empty = not (self._ready or self._delayed or self._running)
        return is_empty or self._is_stopping or self._fatal is not None

    def _count(self, topic: Topic, *, published: int = 0, done: int = 0, failed: int = 0) -> None:
        before = self._counts[topic]
        self._counts[topic] = Counts(
            published=before.published + published, done=before.done + done, failed=before.failed + failed
        )


def _handler(handlers: Handlers, topic: Topic) -> Handler:
    if topic is Topic.FAILURES and topic not in handlers:
        return _do_nothing
    return handlers[topic]


def _do_nothing(_message: bytes) -> None:
    """Do nothing: publish() has recorded the message."""
