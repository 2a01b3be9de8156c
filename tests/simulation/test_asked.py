"""What operators ask for is expected of a campaign, until it is taken back."""

from datetime import UTC, datetime, timedelta

from sendtrail.simulation.operating.asked import Asked

DAY = timedelta(days=1)
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_the_latest_and_the_deepest_that_was_asked_for_is_expected() -> None:
    """Of one campaign or of all; asking for less takes nothing back, and asking for history is not asking again."""
    asked = Asked()
    asked.ask("acme", NOW - DAY, force=True)
    asked.ask("acme", NOW, since=NOW - 20 * DAY, campaign_ids=[7])
    asked.ask("acme", NOW + DAY, since=NOW - 5 * DAY)

    assert [asked.forced_at("acme", 7), asked.since("acme", 7)] == [NOW - DAY, NOW - 20 * DAY]
    assert [asked.forced_at("acme", 8), asked.since("acme", 8)] == [NOW - DAY, NOW - 5 * DAY]
    assert [asked.forced_at("bolt", 7), asked.since("bolt", 7)] == [None, None]


def test_what_is_taken_back_is_not_expected() -> None:
    """Of that account; nothing is once nobody knows what the state has kept. That a time was named is for good."""
    asked = Asked()
    for name in ("acme", "bolt"):
        asked.ask(name, NOW, since=NOW - DAY, force=True)

    asked.take_back("acme")
    left = [asked.since("acme", 7), asked.forced_at("acme", 7), asked.since("bolt", 7)]
    asked.forget()

    assert left == [None, None, NOW - DAY]
    assert asked.since("bolt", 7) is None
    assert [asked.has_named_a_time(name) for name in ("acme", "bolt", "coral")] == [True, True, False]
