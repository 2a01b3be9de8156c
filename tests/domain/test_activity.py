"""The key of an activity, and when it happened."""

from dataclasses import fields, replace
from datetime import timedelta
from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.domain.activity import Activity, EventType, activity_id, happened_since
from tests.fake_account import an_activity
from tests.fakes import NOON

OPEN = an_activity(1)
SECOND = timedelta(seconds=1)
texts = st.text(st.characters(exclude_characters="\x1f", exclude_categories=["Cs"]), max_size=12)
activities = st.builds(
    Activity,
    campaign_id=st.integers(1, 99),
    message_id=texts,
    contact_id=texts,
    contact_email=texts,
    event_type=st.sampled_from(EventType),
    activity_timestamp=st.datetimes(timezones=st.just(NOON.tzinfo)),
    source_timestamp=texts,
    times=st.integers(1, 9),
    link_id=texts,
    discriminator=texts,
)


@given(activity=activities)
def test_the_same_observation_has_the_same_key_wherever_it_is_read(activity: Activity) -> None:
    """The link's address, the source's string and the details are not part of it."""
    elsewhere = replace(activity, link_url="https://example.com", source_timestamp="?", detail={"code": "5"})

    assert activity_id("acme", activity) == activity_id("acme", elsewhere)


@pytest.mark.parametrize(
    "change",
    [
        {"campaign_id": 2},
        {"message_id": "7"},
        {"contact_id": "2"},
        {"event_type": EventType.CLICK},
        {"link_id": "9"},
        {"activity_timestamp": OPEN.activity_timestamp + SECOND},
        {"times": 2},
        {"discriminator": "8"},
    ],
)
def test_whatever_tells_two_activities_apart_is_in_the_key(change: dict[str, object]) -> None:
    """One field is enough."""
    assert activity_id("acme", replace(OPEN, **change)) != activity_id("acme", OPEN)  # type: ignore[arg-type]


@given(one=activities, other=activities)
def test_different_keys_make_different_ids(one: Activity, other: Activity) -> None:
    """No two fields run into one another."""
    ignored = {"contact_email", "source_timestamp", "link_url", "detail", "day_only"}
    names = [field.name for field in fields(Activity) if field.name not in ignored]
    same = all(getattr(one, name) == getattr(other, name) for name in names)
    if one.contact_id and other.contact_id:
        assert (activity_id("acme", one) == activity_id("acme", other)) is same


@given(activity=activities)
def test_the_id_can_be_told_from_the_observation(activity: Activity) -> None:
    """Whoever knows an observation can say its id: SHA-256 of its parts, the time in ISO 8601."""
    parts = (
        "acme",
        str(activity.campaign_id),
        activity.message_id,
        activity.contact_id or activity.contact_email.casefold(),
        activity.event_type.value,
        activity.link_id,
        activity.activity_timestamp.isoformat(),
        str(activity.times),
        activity.discriminator,
    )
    assert activity_id("acme", activity) == blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


def test_two_accounts_never_share_a_key() -> None:
    """Campaign and contact ids begin at 1 in each of them."""
    assert activity_id("acme", OPEN) != activity_id("other", OPEN)


def test_a_contact_without_an_id_is_known_by_its_address_however_it_is_written() -> None:
    """The key then takes the e-mail address, in lower case."""
    unknown = replace(OPEN, contact_id="", contact_email="Ann@Example.com")

    assert activity_id("acme", unknown) == activity_id("acme", replace(unknown, contact_email="ann@example.com"))
    assert activity_id("acme", unknown) != activity_id("acme", replace(unknown, contact_email="bob@example.com"))


def test_an_address_that_changed_does_not_make_a_known_contacts_activity_another() -> None:
    """The id is the contact."""
    assert activity_id("acme", OPEN) == activity_id("acme", replace(OPEN, contact_email="new@example.com"))


def test_a_moment_is_in_from_its_very_second_on() -> None:
    """The bound itself is in."""
    moment = OPEN.activity_timestamp

    assert happened_since(OPEN, moment)
    assert not happened_since(OPEN, moment + SECOND)


def test_a_bare_date_is_in_until_its_day_is_over() -> None:
    """A bounce of today may have come this minute."""
    bounce = replace(OPEN, activity_timestamp=NOON, day_only=True)

    assert happened_since(bounce, NOON + timedelta(hours=23))
    assert not happened_since(bounce, NOON + timedelta(hours=24))
