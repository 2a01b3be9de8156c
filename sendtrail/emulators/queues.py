"""Topics and push subscriptions in Pub/Sub's emulator, as terraform/subscriptions.tf makes them in Google Cloud.

But for what the emulator cannot do: a dead-letter policy kills its push loop, and with a retry policy it loses messages
that were refused about three times (0.8.20). Without one it pushes them again every second. It pushes two messages of a
subscription at a time.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import cast

import grpc
from google.pubsub_v1.services.publisher import PublisherClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber import SubscriberClient
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport
from google.pubsub_v1.types import PubsubMessage, PullRequest, PullResponse, PushConfig, ReceivedMessage, Subscription

RETENTION = timedelta(days=7)
ACK_DEADLINE_S = 600


class Queues:
    """The topics and subscriptions of a project, by the last part of their names; open until closed."""

    def __init__(self, project_id: str, *, emulator: str) -> None:
        self._project_id = project_id
        self._open = ExitStack()
        channel = self._open.enter_context(grpc.insecure_channel(emulator))
        self._publisher = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        self._subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))

    def close(self) -> None:
        """Let the emulator go."""
        self._open.close()

    def create_topic(self, name: str) -> None:
        """Make a topic."""
        self._publisher.create_topic(name=self._topic(name))

    def publish(self, topic: str, *messages: bytes) -> None:
        """Publish messages; one without data is given an attribute, as Pub/Sub wants one of both."""
        sent = [PubsubMessage(data=data, attributes={} if data else {"data": "none"}) for data in messages]
        self._publisher.publish(topic=self._topic(topic), messages=sent)

    def push(self, topic: str, *, name: str, url: str, ack_deadline_s: int) -> None:
        """Make a subscription that pushes a topic's messages to a function."""
        config = PushConfig(push_endpoint=url)
        self._subscribe(topic, name=name, push_config=config, ack_deadline_seconds=ack_deadline_s)

    def redirect(self, name: str, *, url: str) -> None:
        """Push to another place from now on."""
        config = PushConfig(push_endpoint=url)
        self._subscriber.modify_push_config(subscription=self._subscription(name), push_config=config)

    def pull(self, topic: str, *, name: str) -> None:
        """Make a subscription that a person reads."""
        self._subscribe(topic, name=name)

    def waiting(self, name: str) -> list[bytes]:
        """Return what waits in a subscription that is pulled, and acknowledge it."""
        place, found = self._subscription(name), list[bytes]()
        while received := self._pulled(place):
            self._subscriber.acknowledge(subscription=place, ack_ids=[each.ack_id for each in received])
            found += [each.message.data for each in received]
        return found

    def seek(self, name: str, *, to: datetime) -> None:
        """Deliver again what was published since then, acknowledged or not; and nothing from before."""
        self._subscriber.seek(request={"subscription": self._subscription(name), "time": to})

    def _pulled(self, place: str) -> Sequence[ReceivedMessage]:
        """Return what is there at once: a wait would only show how busy this machine is.

        Pub/Sub advises against it, and its client warns, because the service may miss messages so; the emulator has
        them all in memory.
        """
        request = PullRequest(subscription=place, max_messages=1_000, return_immediately=True)
        answer = cast("PullResponse", self._subscriber.transport.pull(request))
        return answer.received_messages

    def _subscribe(self, topic: str, *, name: str, **options: object) -> None:
        fields: Mapping[str, object] = {
            "name": self._subscription(name),
            "topic": self._topic(topic),
            "message_retention_duration": RETENTION,
            "retain_acked_messages": True,  # the topic's retention, which the emulator does not know
            **options,
        }
        self._subscriber.create_subscription(request=Subscription(**fields))

    def _topic(self, name: str) -> str:
        return f"projects/{self._project_id}/topics/{name}"

    def _subscription(self, name: str) -> str:
        return f"projects/{self._project_id}/subscriptions/{name}"
