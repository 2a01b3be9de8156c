"""Other versions of the code, as simulated: what they leave out is optional here, what they add is ignored."""

from dataclasses import MISSING, fields
from datetime import UTC, datetime

import pytest

from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.domain.messages import Reason, SyncCampaign, decode, encode
from sendtrail.simulation.cloud.other_version import (
    ADDED,
    as_before,
    as_tomorrow,
    message_before,
    message_tomorrow,
)
from sendtrail.state.account_status import AccountStatus
from sendtrail.state.documents import from_document, to_document
from sendtrail.sync.sync_record import SyncRecord

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CHECKPOINT = Checkpoint(
    run_id="run", sequence=2, status=Status.DONE, updated_at=NOW, synced={"since": NOW, "settling": {}}, backfill=True
)
MESSAGE = SyncCampaign(
    organization_id="acme",
    campaign_id=7,
    campaign_name="Spring",
    split=False,
    run_id="run",
    sequence=1,
    reason=Reason.CHANGED,
    since=None,
    counters={"opens": 1},
    backfill=True,
)


@pytest.mark.parametrize(
    ("kind", "of"),
    [("checkpoint", Checkpoint), ("synced", SyncRecord), ("status", AccountStatus), ("message", SyncCampaign)],
)
def test_each_field_that_was_added_is_optional(kind: str, of: type) -> None:
    """Or else this version could not read what an earlier one has stored."""
    optional = {each.name for each in fields(of) if (each.default, each.default_factory) != (MISSING, MISSING)}

    assert ADDED[kind] <= optional


def test_what_an_earlier_version_stores_lacks_what_was_added_and_is_read() -> None:
    """Of a checkpoint, and of the record in it."""
    document = as_before(to_document(CHECKPOINT))

    assert "backfill" not in document
    assert document["synced"] == {"since": NOW}
    assert from_document(Checkpoint, document).sequence == 2


def test_what_a_later_version_stores_is_read_as_if_it_were_of_this_one() -> None:
    """Whatever it has added."""
    document = as_tomorrow(to_document(CHECKPOINT))

    assert "of_tomorrow" in document["synced"]
    assert from_document(Checkpoint, document).backfill


def test_messages_of_other_versions_are_read() -> None:
    """Without what was added, and with more."""
    assert decode(SyncCampaign, message_tomorrow(encode(MESSAGE))) == MESSAGE
    assert not decode(SyncCampaign, message_before(encode(MESSAGE))).backfill
