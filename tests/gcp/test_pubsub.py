"""PubSubPublisher, with Google's client, against a server of the test's own; tests/contracts has it on the emulator."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from google.cloud.pubsub_v1 import PublisherClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.types import PublishRequest, PublishResponse

from sendtrail.errors import Unavailable
from sendtrail.gcp.clients import PUBLISH_WAIT_S, PUBLISHER_OPTIONS
from sendtrail.gcp.pubsub import PubSubPublisher
from sendtrail.ports import Topic
from tests.gcp.grpc_server import Method, serving

COMMIT_THREAD = "Thread-CommitBatchPublisher"
TOPICS = {topic: f"projects/p/topics/sendtrail-{topic}" for topic in Topic}


@contextmanager
def publisher(answer: Callable[[Any, Any], Any], *, wait_s: float = PUBLISH_WAIT_S) -> Iterator[PubSubPublisher]:
    """Give a publisher whose requests are answered so."""
    method = Method(
        service="google.pubsub.v1.Publisher",
        name="Publish",
        read=PublishRequest.deserialize,
        write=PublishResponse.serialize,
        answer=answer,
    )
    with serving(method) as channel:
        client = PublisherClient(publisher_options=PUBLISHER_OPTIONS, transport=PublisherGrpcTransport(channel=channel))
        yield PubSubPublisher(client, topics=TOPICS, wait_s=wait_s)
        client.stop()
        for thread in threading.enumerate():
            if thread.name == COMMIT_THREAD:  # the client leaves it to itself, and the channel is about to close
                thread.join()


def stored(request: Any, _: Any) -> Any:
    """Store every message."""
    return PublishResponse(message_ids=[str(number) for number, _ in enumerate(request.messages)])


def test_messages_go_to_their_topic_without_an_ordering_key() -> None:
    """Ordering would replay what is done and block an account behind one campaign."""
    requests: list[Any] = []

    def answer(request: Any, context: Any) -> Any:
        requests.append(request)
        return stored(request, context)

    with publisher(answer) as it:
        it.publish(Topic.CONTACTS, [b"one", b"two"])

    assert {request.topic for request in requests} == {TOPICS[Topic.CONTACTS]}
    messages = [message for request in requests for message in request.messages]
    assert sorted((message.data, message.ordering_key) for message in messages) == [(b"one", ""), (b"two", "")]


def test_a_message_without_data_is_not_published() -> None:
    """functions-framework would refuse it at every delivery, for ever."""
    with publisher(stored) as it, pytest.raises(ValueError, match="without data"):
        it.publish(Topic.CAMPAIGNS, [b"one", b""])


def test_one_message_that_is_not_stored_fails_all() -> None:
    """Nobody returns as if it were done."""

    def refuse(_: Any, context: Any) -> Any:
        context.abort(grpc.StatusCode.NOT_FOUND, "no such topic")

    with publisher(refuse) as it, pytest.raises(Unavailable, match="no such topic"):
        it.publish(Topic.CAMPAIGNS, [b"one", b"two"])


def test_trouble_that_may_pass_is_tried_again() -> None:
    """One 503 does not fail a delivery."""
    failures = iter([grpc.StatusCode.UNAVAILABLE])

    def answer(request: Any, context: Any) -> Any:
        for code in failures:
            context.abort(code, "try again")
        return stored(request, context)

    with publisher(answer) as it:
        it.publish(Topic.CAMPAIGNS, [b"one"])


def test_an_answer_that_does_not_come_is_not_waited_for_long() -> None:
    """The wait is bounded for all messages together."""
    over = threading.Event()

    def answer(request: Any, context: Any) -> Any:
        over.wait()
        return stored(request, context)

    with publisher(answer, wait_s=0.3) as it:
        with pytest.raises(Unavailable, match="2 of 2 messages"):
            it.publish(Topic.CAMPAIGNS, [b"one", b"two"])
        over.set()


def test_the_client_gives_up_before_the_wait_is_over() -> None:
    """Nothing is published after the function has answered that it was not."""
    assert PUBLISHER_OPTIONS.retry.timeout < PUBLISH_WAIT_S
    assert not PUBLISHER_OPTIONS.enable_message_ordering
