"""What is asked for beyond what the table keeps: as much is read as stays, and it is said."""

from datetime import UTC, datetime, timedelta

from sendtrail.domain.messages import Reason, SyncCampaign, decode
from sendtrail.ports import Topic
from sendtrail.state.documents import wants_path
from sendtrail.warehouse.rows import Table
from tests.fakes import NOON
from tests.functions.conftest import Connect
from tests.functions.instance import Instance

KEPT = timedelta(days=20)
FIRST_KEPT = datetime(2025, 5, 13, tzinfo=UTC)  # the day after the one that expires
ASK = b'{"organization_id": "acme", "since": "2015-01-01T00:00:00Z", "contacts": false}'


def test_nothing_is_read_that_would_expire_at_once(instance: Instance, connect: Connect) -> None:
    """Once, and not at each run as a wish that is never fulfilled."""
    connect("acme")
    instance.stored.expiry = KEPT
    assert instance.post("dispatcher", ASK).status_code == 202
    asked = instance.publisher.take(Topic.CAMPAIGNS)
    for message in asked:
        instance.push("campaign_worker", message)
    instance.clock.advance(3_600)
    instance.post("dispatcher", ASK.replace(b'"since": "2015-01-01T00:00:00Z", ', b""))
    again = {decode(SyncCampaign, each).reason for each in instance.publisher.take(Topic.CAMPAIGNS)}

    assert NOON - KEPT < FIRST_KEPT
    assert {decode(SyncCampaign, each).kept_since for each in asked} == {FIRST_KEPT}
    stored = [row["activity_timestamp"] for row in instance.warehouse.rows(Table.EMAIL_ACTIVITIES)]
    assert min(stored) >= FIRST_KEPT.isoformat()
    assert Reason.EXTENDED not in again
    assert not instance.state.documents[wants_path("acme")]["wants"]
    assert any("nothing before 2025-05-13" in line["message"] for line in instance.lines())
