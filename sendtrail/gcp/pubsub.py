"""Messages to Pub/Sub."""

from collections.abc import Mapping, Sequence
from concurrent.futures import wait

from google.api_core import exceptions as api
from google.api_core.retry import Retry, if_exception_type
from google.api_core.timeout import ConstantTimeout
from google.auth.exceptions import GoogleAuthError
from google.cloud.pubsub_v1 import PublisherClient
from google.cloud.pubsub_v1.types import PublisherOptions

from sendtrail.errors import Unavailable
from sendtrail.gcp.trouble import PASSING
from sendtrail.ports import Topic

WAIT_S = 25.0
# The client would go on for 600 s, long after the function has answered: it gives up before anybody stops waiting.
OPTIONS = PublisherOptions(
    retry=Retry(predicate=if_exception_type(*PASSING), initial=0.1, maximum=4.0, multiplier=1.5, timeout=WAIT_S - 5),
    timeout=ConstantTimeout(WAIT_S - 10),  # type: ignore[no-untyped-call]
)


class PubSubPublisher:
    """Publishes to topics by their full names, without ordering keys: each message says which work it is."""

    def __init__(self, client: PublisherClient, *, topics: Mapping[Topic, str], wait_s: float = WAIT_S) -> None:
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
