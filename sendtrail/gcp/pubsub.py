"""Messages to Pub/Sub."""

from collections.abc import Mapping, Sequence
from concurrent.futures import wait

from google.api_core import exceptions as api
from google.auth.exceptions import GoogleAuthError
from google.cloud.pubsub_v1 import PublisherClient

from sendtrail.errors import Unavailable
from sendtrail.gcp.clients import PUBLISH_WAIT_S
from sendtrail.ports import Topic


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
                f"Pub/Sub did not store {len(waiting)} of {len(futures)} messages in {self._wait_s:.0f} s"
            )
        for future in done:
            try:
                future.result()
            except (api.GoogleAPIError, GoogleAuthError) as error:
                raise Unavailable(f"Pub/Sub did not store a message for {topic}: {error}") from error
