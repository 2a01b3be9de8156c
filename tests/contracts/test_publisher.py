"""What every Publisher does."""

from sendtrail.ports import Topic
from tests.contracts.under_test import PublisherUnderTest


def test_messages_arrive_byte_for_byte(publisher: PublisherUnderTest) -> None:
    """What is published is delivered, every message of it."""
    publisher.publisher.publish(Topic.CAMPAIGNS, [b'{"a":1}', "ü".encode(), b"\x00"])

    assert sorted(publisher.read(Topic.CAMPAIGNS)) == sorted([b'{"a":1}', "ü".encode(), b"\x00"])


def test_topics_are_apart(publisher: PublisherUnderTest) -> None:
    """A message arrives at its own topic only."""
    publisher.publisher.publish(Topic.CAMPAIGNS, [b"campaign"])
    publisher.publisher.publish(Topic.FAILURES, [b"failure"])

    assert publisher.read(Topic.FAILURES) == [b"failure"]
    assert publisher.read(Topic.CONTACTS) == []


def test_equal_messages_are_all_delivered(publisher: PublisherUnderTest) -> None:
    """A queue does not take two messages for one."""
    publisher.publisher.publish(Topic.CONTACTS, [b"same", b"same"])

    assert publisher.read(Topic.CONTACTS) == [b"same", b"same"]


def test_publishing_nothing_is_no_error(publisher: PublisherUnderTest) -> None:
    """A dispatcher with nothing due publishes an empty list."""
    publisher.publisher.publish(Topic.CAMPAIGNS, [])

    assert publisher.read(Topic.CAMPAIGNS) == []
