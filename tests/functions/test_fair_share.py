"""The deliveries of one account leave threads of an instance to those of the others."""

from contextlib import ExitStack

from sendtrail.delivery.fair_share import DELIVERIES_AN_ACCOUNT
from sendtrail.domain.messages import encode
from sendtrail.warehouse.rows import Table
from tests.functions.conftest import Connect
from tests.functions.instance import Instance
from tests.functions.test_worker_functions import biggest


def test_an_account_that_has_its_share_is_asked_later_and_others_now(instance: Instance, connect: Connect) -> None:
    """The fifth delivery of an account comes again, before it has claimed anything; then nothing is missing."""
    message = encode(biggest(connect("acme")))
    connect("beta")
    before = dict(instance.state.documents)
    with ExitStack() as deliveries:
        for _ in range(DELIVERIES_AN_ACCOUNT):
            deliveries.enter_context(instance.cloud.account("acme"))

        refused = instance.push("campaign_worker", message)
        deliveries.enter_context(instance.cloud.account("beta"))

    assert refused.status_code == 503
    assert "4 deliveries of acme are under way here" in instance.log.getvalue()
    assert instance.state.documents.keys() == before.keys()
    assert instance.push("campaign_worker", message).status_code == 200
    assert instance.warehouse.counts()[Table.EMAIL_ACTIVITIES] > 0
