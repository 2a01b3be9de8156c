"""One failure per account and run where all of its work fails for the same reason, such as a key that was revoked."""

from collections.abc import Sequence

from sendtrail.domain.messages import WorkFailed, decode
from sendtrail.logs import without_addresses
from sendtrail.ports import Publisher, State, Topic, Transaction
from sendtrail.sync.runs.account_failure import add_failure, is_failure_published


class OneFailurePerAccount:
    """A publisher that leaves out the failure of an account that was published in the same run already.

    Workers that fail at the same moment may each publish it: a failure too many is better than none.
    """

    def __init__(self, inner: Publisher, state: State) -> None:
        self._inner, self._state = inner, state

    def publish(self, topic: Topic, messages: Sequence[bytes]) -> None:
        """Publish messages, and remember the failures of accounts among them."""
        if topic is not Topic.FAILURES:
            self._inner.publish(topic, messages)
            return
        for message in messages:
            self._publish_failure(message, decode(WorkFailed, message))

    def _publish_failure(self, message: bytes, failed: WorkFailed) -> None:
        if not failed.of_account:
            self._inner.publish(Topic.FAILURES, [message])
        elif not self._state.transact(lambda transaction: _is_published(transaction, failed)):
            self._inner.publish(Topic.FAILURES, [message])
            self._state.transact(lambda transaction: _remember(transaction, failed))


def _is_published(transaction: Transaction, failed: WorkFailed) -> bool:
    return is_failure_published(transaction, failed.organization_id, run_id=failed.run_id)


def _remember(transaction: Transaction, failed: WorkFailed) -> None:
    reason = without_addresses(failed.reason)
    add_failure(transaction, failed.organization_id, run_id=failed.run_id, reason=reason, is_published=True)
