"""Messages survive their journey, and bad ones are refused with a reason."""

from datetime import UTC

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.domain.messages import Message, Reason, SyncCampaign, SyncContacts, WorkFailed, decode, encode
from sendtrail.errors import BadMessage
from tests.fakes import NOON

names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}", fullmatch=True)
moments = st.datetimes(timezones=st.just(UTC))
campaigns = st.builds(
    SyncCampaign,
    organization_id=names,
    campaign_id=st.integers(1, 10**9),
    campaign_name=st.text(st.characters(exclude_categories=["Cs"])),
    split=st.booleans(),
    run_id=names,
    sequence=st.integers(1, 10**6),
    reason=st.sampled_from(Reason),
    since=st.none() | moments,
    counters=st.dictionaries(names, st.integers(-1, 10**9)),
)
contacts = st.builds(SyncContacts, organization_id=names, run_id=names, sequence=st.integers(1, 10**6))
failures = st.builds(
    WorkFailed,
    organization_id=names,
    subject=names,
    run_id=names,
    sequence=st.integers(0, 9),
    reason=st.text(st.characters(exclude_categories=["Cs"])),
    failed_at=moments,
)

GOOD = {
    "version": 1,
    "organization_id": "acme",
    "campaign_id": 42,
    "campaign_name": "News",
    "split": False,
    "run_id": "run1",
    "sequence": 1,
    "reason": "new",
    "since": "2025-06-01T12:00:00Z",
    "counters": {"opens": 3},
}


@given(message=campaigns | contacts | failures)
def test_a_message_reads_as_it_was_written(message: Message) -> None:
    """Encoding and decoding are each other's inverse."""
    kind: type = type(message)

    assert decode(kind, encode(message)) == message


def test_the_contract_is_what_other_versions_of_the_code_have_published() -> None:
    """The bytes in a queue outlive a deploy."""
    message = decode(SyncCampaign, orjson.dumps(GOOD))

    assert (message.campaign_id, message.since, message.counters) == (42, NOON, {"opens": 3})


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"version": 2}, "version"),
        ({"organization_id": "../other"}, "organization_id"),
        ({"campaign_id": "42"}, "campaign_id"),
        ({"campaign_id": 0}, "campaign_id"),
        ({"sequence": 0}, "sequence"),
        ({"since": "2025-06-01T12:00:00"}, "since"),
        ({"reason": "because"}, "reason"),
        ({"counters": {"opens": "many"}}, "counters.opens"),
        ({"run_id": None}, "run_id"),
    ],
)
def test_a_message_that_breaks_the_contract_is_refused_with_the_field(change: dict[str, object], named: str) -> None:
    """Whoever reads the failures topic knows what was wrong."""
    with pytest.raises(BadMessage, match=named):
        decode(SyncCampaign, orjson.dumps({**GOOD, **change}))


@pytest.mark.parametrize("missing", [name for name in GOOD if name != "version"])
def test_no_field_may_be_missing(missing: str) -> None:
    """There are no defaults to guess with."""
    with pytest.raises(BadMessage, match=missing):
        decode(SyncCampaign, orjson.dumps({name: value for name, value in GOOD.items() if name != missing}))


@given(data=st.binary(max_size=60))
def test_no_bytes_at_all_can_crash_the_reader(data: bytes) -> None:
    """It answers with a message or with a reason."""
    with pytest.raises(BadMessage):
        decode(SyncContacts, data)


@given(message=campaigns | contacts | failures)
def test_a_message_of_a_newer_version_may_have_more_fields(message: Message) -> None:
    """The functions are of different versions for minutes during a roll-out."""
    kind: type = type(message)
    newer = {**orjson.loads(encode(message)), "surprise": {"of": 1}}

    assert decode(kind, orjson.dumps(newer)) == message
