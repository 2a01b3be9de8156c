"""The queue inside the process: redelivery, its bounds, and how a run ends."""

import threading
from contextvars import ContextVar

import pytest

from sendtrail.errors import Unavailable
from sendtrail.local.queue import Counts, InProcessQueue, Redelivery
from sendtrail.ports import Topic
from tests.fakes import FakeClock

HANGS_S = 60  # far beyond what a busy machine takes
LABEL = ContextVar("LABEL", default="none")


class Crash(BaseException):
    """The death of a worker."""


@pytest.fixture
def clock() -> FakeClock:
    """Give a clock that only moves while somebody sleeps."""
    return FakeClock()


@pytest.fixture
def queue(clock: FakeClock) -> InProcessQueue:
    """Give a queue that delivers three times at most, without jitter."""
    return InProcessQueue(
        clock=clock, chance=lambda: 0.0, redelivery=Redelivery(max_attempts=3, first_delay_s=10.0, max_delay_s=60.0)
    )


def _fail(_message: bytes) -> None:
    raise Unavailable("not now")


def test_what_a_handler_publishes_is_delivered_in_the_same_run(queue: InProcessQueue) -> None:
    """A continuation is a message like others."""
    received: list[bytes] = []

    def handle(message: bytes) -> None:
        received.append(message)
        if len(message) < 4:
            queue.publish(Topic.CAMPAIGNS, [message + b"+"])

    queue.publish(Topic.CAMPAIGNS, [b"1"])
    queue.run({Topic.CAMPAIGNS: handle}, concurrency=2)

    assert received == [b"1", b"1+", b"1++", b"1+++"]


def test_a_run_with_nothing_to_do_ends(queue: InProcessQueue) -> None:
    """An empty queue is done at once."""
    queue.run({}, concurrency=4)

    assert queue.counts()[Topic.CAMPAIGNS] == Counts()


def test_a_message_that_fails_once_is_delivered_again(queue: InProcessQueue, clock: FakeClock) -> None:
    """It is delivered after the delay of the schedule."""
    attempts: list[float] = []

    def handle(_message: bytes) -> None:
        attempts.append(clock.monotonic())
        if len(attempts) == 1:
            raise Unavailable("not now")

    queue.publish(Topic.CONTACTS, [b"m"])
    queue.run({Topic.CONTACTS: handle}, concurrency=2)

    assert attempts == [0.0, pytest.approx(10.0)]
    assert queue.counts()[Topic.CONTACTS] == Counts(published=1, done=1)


def test_a_message_that_always_fails_is_kept_as_a_failure(queue: InProcessQueue) -> None:
    """Redelivery is bounded, and the last error is kept."""
    queue.publish(Topic.CAMPAIGNS, [b"m"])
    queue.run({Topic.CAMPAIGNS: _fail}, concurrency=1)

    [failure] = queue.failures
    assert (failure.topic, failure.message, failure.attempts) == (Topic.CAMPAIGNS, b"m", 3)
    assert str(failure.error) == "not now"
    assert queue.counts()[Topic.CAMPAIGNS] == Counts(published=1, failed=1)


def test_a_message_that_waits_holds_no_worker(queue: InProcessQueue) -> None:
    """One worker handles the others while the first one is waited for."""
    order: list[bytes] = []

    def handle(message: bytes) -> None:
        order.append(message)
        if order == [b"bad"]:
            raise Unavailable("not now")

    queue.publish(Topic.CAMPAIGNS, [b"bad", b"good", b"good"])
    queue.run({Topic.CAMPAIGNS: handle}, concurrency=1)

    assert order == [b"bad", b"good", b"good", b"bad"]


def test_the_queue_sleeps_only_while_nothing_runs(queue: InProcessQueue, clock: FakeClock) -> None:
    """A worker's lease must not run out because another message waits."""
    failed = threading.Event()
    seen: list[float] = []

    def handle(message: bytes) -> None:
        if message == b"bad" and not failed.is_set():
            failed.set()
            raise Unavailable("not now")
        if message == b"long":
            failed.wait(HANGS_S)
            threading.Event().wait(0.1)  # time enough for a queue that slept now
            seen.append(clock.monotonic())

    queue.publish(Topic.CAMPAIGNS, [b"long", b"bad"])
    queue.run({Topic.CAMPAIGNS: handle}, concurrency=2)

    assert seen == [0.0]


def test_stop_starts_no_further_delivery(queue: InProcessQueue) -> None:
    """The current delivery ends, and the rest is not delivered."""
    received: list[bytes] = []

    def handle(message: bytes) -> None:
        queue.stop()
        received.append(message)

    queue.publish(Topic.CAMPAIGNS, [b"1", b"2"])
    queue.run({Topic.CAMPAIGNS: handle}, concurrency=1)

    assert received == [b"1"]
    assert queue.counts()[Topic.CAMPAIGNS] == Counts(published=2, done=1)


def test_an_error_that_is_not_an_exception_ends_the_run(queue: InProcessQueue) -> None:
    """A kill is not a failure of the message: it is raised, and nothing is redelivered."""

    def handle(_message: bytes) -> None:
        raise Crash

    queue.publish(Topic.CAMPAIGNS, [b"1", b"2"])
    with pytest.raises(Crash):
        queue.run({Topic.CAMPAIGNS: handle}, concurrency=1)

    assert queue.failures == []
    assert queue.counts()[Topic.CAMPAIGNS] == Counts(published=2)


def test_published_failures_are_kept_without_a_handler(queue: InProcessQueue) -> None:
    """The failures topic is read by people."""
    queue.publish(Topic.FAILURES, [b"why"])
    queue.run({}, concurrency=1)

    assert queue.published_failures == [b"why"]
    assert queue.failures == []


def test_a_topic_without_a_handler_is_a_failure(queue: InProcessQueue) -> None:
    """A message without a handler is not dropped silently."""
    queue.publish(Topic.CONTACTS, [b"m"])
    queue.run({}, concurrency=1)

    assert [failure.topic for failure in queue.failures] == [Topic.CONTACTS]


def test_context_variables_do_not_leak_from_one_delivery_to_the_next(queue: InProcessQueue) -> None:
    """Every delivery starts with the variables of run()'s caller."""
    seen: list[str] = []

    def handle(message: bytes) -> None:
        seen.append(LABEL.get())
        LABEL.set(message.decode())

    LABEL.set("caller")
    queue.publish(Topic.CAMPAIGNS, [b"1", b"2"])
    queue.run({Topic.CAMPAIGNS: handle}, concurrency=1)

    assert seen == ["caller", "caller"]
    assert LABEL.get() == "caller"


def test_deliveries_run_side_by_side_in_named_threads(queue: InProcessQueue) -> None:
    """Two deliveries that wait for each other can both go on."""
    names: set[str] = set()
    meeting = threading.Barrier(2, timeout=HANGS_S)

    def handle(_message: bytes) -> None:
        names.add(threading.current_thread().name)
        meeting.wait()

    queue.publish(Topic.CAMPAIGNS, [b"1", b"2"])
    queue.run({Topic.CAMPAIGNS: handle}, concurrency=2)

    assert names == {"delivery-1", "delivery-2"}


def test_a_topic_apart_is_delivered_beside_the_others(queue: InProcessQueue) -> None:
    """The only lane of the campaigns waits for the contacts here."""
    contacts_came = threading.Event()
    waited: list[bool] = []

    def campaign(_message: bytes) -> None:
        waited.append(contacts_came.wait(HANGS_S))

    def contacts(_message: bytes) -> None:
        contacts_came.set()

    queue.publish(Topic.CAMPAIGNS, [b"1", b"2"])
    queue.publish(Topic.CONTACTS, [b"3"])
    queue.run({Topic.CAMPAIGNS: campaign, Topic.CONTACTS: contacts}, concurrency=1, apart=Topic.CONTACTS)

    assert waited == [True, True]
