"""Messages to Pub/Sub, and dead letters back to the topics that they came from."""

from collections.abc import Mapping, Sequence
from concurrent.futures import wait

from google.api_core import exceptions as api
from google.auth.exceptions import GoogleAuthError
from google.cloud.pubsub_v1 import PublisherClient, SubscriberClient
from google.cloud.pubsub_v1.types import ReceivedMessage

from sendtrail.errors import Unavailable
from sendtrail.gcp.clients import PUBLISH_WAIT_S
from sendtrail.plurals import counted
from sendtrail.ports import Publisher, Topic

PULL_WAIT_S = 10.0
MAX_PULLED = 100


class PubSubPublisher:
    """Publishes to topics by their full names, without ordering keys: each message says which work it is."""

    def __init__(self, client: PublisherClient, *, topics: Mapping[Topic, str], wait_s: float = PUBLISH_WAIT_S) -> None:
        self._client, self._topics, self._wait_s = client, dict(topics), wait_s

    def publish(self, topic: Topic, messages: Sequence[bytes], /) -> None:
        """Publish all messages and return when all are stored; raise Unavailable when one is not."""
        if not all(messages):
            raise ValueError("a message without data is refused by functions-framework for ever")
        futures = [self._client.publish(self._topics[topic], message) for message in messages]
        done, waiting = wait(futures, timeout=self._wait_s)
        if waiting:
            raise Unavailable(
                f"Pub/Sub did not store {len(waiting)} of {counted(len(futures), 'message')} in {self._wait_s:.0f} s"
            )
        for future in done:
            try:
                future.result()
            except (api.GoogleAPIError, GoogleAuthError) as error:
                raise Unavailable(f"Pub/Sub did not store a message for {topic}: {error}") from error


class DeadLetters:
    """The dead letters of each topic, in the subscriptions of their full names.

    `wait_s` is how long Pub/Sub may take to find that there is none left.
    """

    def __init__(
        self,
        client: SubscriberClient,
        publisher: Publisher,
        *,
        subscriptions: Mapping[Topic, str],
        wait_s: float = PULL_WAIT_S,
    ) -> None:
        self._client, self._publisher = client, publisher
        self._subscriptions, self._wait_s = dict(subscriptions), wait_s

    def redrive(self, topic: Topic) -> int:
        """Publish all dead letters of a topic again, and return how many; raise Unavailable where that fails.

        Each is published before it is acknowledged, so none is lost; one that is published twice is known as done.
        """
        redriven, subscription = 0, self._subscriptions[topic]
        try:
            while received := self._pulled(subscription):
                self._publisher.publish(topic, [each.message.data for each in received if each.message.data])
                ack_ids = [each.ack_id for each in received]
                self._client.acknowledge(subscription=subscription, ack_ids=ack_ids, timeout=self._wait_s)
                redriven += len(received)
        except (api.GoogleAPIError, GoogleAuthError) as error:
            raise Unavailable(f"the dead letters of {topic} could not be read from {subscription}: {error}") from error
        return redriven

    def _pulled(self, subscription: str) -> Sequence[ReceivedMessage]:
        try:
            answer = self._client.pull(
                subscription=subscription, max_messages=MAX_PULLED, timeout=self._wait_s, retry=None
            )
        except api.DeadlineExceeded:  # nothing came
            return ()
        return list(answer.received_messages)
