"""The notes that readers see before they rely on the numbers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sendtrail.report.attributed import ALL_TIME, Earned, Parameters
from sendtrail.report.earnings import earnings, totals
from sendtrail.report.figures import Campaign, Completeness, Figures, Freshness, Sent, Times
from sendtrail.report.notes import Level, notes
from sendtrail.report.trust import by_campaign, largest_gaps

AT = datetime(2025, 6, 1, tzinfo=UTC)
CAMPAIGN = Campaign(campaign_id=1, campaign_name="Spring", subject=None, sent_at=AT, sent=100, delivered=99,
                    estimated_human_opens=30,
                    raw_unique_opens=30, unique_clicks=5,
                    raw_unique_clicks=5, bounces=1, unsubscribes=0, forwards=0,
                    automation_id=None, open_rate=0.3, raw_open_rate=0.3, click_through_rate=0.05,
                    raw_click_through_rate=0.05, click_to_open_rate=0.17, raw_click_to_open_rate=0.17,
                    bounce_rate=0.01, unsubscribe_rate=0.0)  # fmt: skip
COMPLETE = Completeness(campaign_id=1, event_type="open", counter=30, stored=30, gap=0, gap_times=0,
                        unreadable_rows=0, likely_cause="none", explanation="", trust="exact")  # fmt: skip
FRESH = Freshness(event_type="open", newest_activity_at=AT, newest_sync_at=AT, account_hours_since_sync=2.0)
PARAMETERS = Parameters(lookback_days=30, include_opens=False, include_machine=False, first_percent=40,
                        last_percent=40, half_life_days=7)  # fmt: skip
FIGURES = Figures(organization_id="acme", time_zone="UTC", periods=(), sent=Sent(campaigns=(CAMPAIGN,)),
                  days=(), attributed={}, completeness=(COMPLETE,), freshness=(FRESH,), times=(),
                  parameters=PARAMETERS)  # fmt: skip
UNEARNED = Earned(period=ALL_TIME, model="last_touch", currency="EUR", campaign_id=None, conversions=4,
                  credit=Decimal(4), value=Decimal(40))  # fmt: skip
EARNED = replace(UNEARNED, campaign_id=1, conversions=1, credit=Decimal(1))


def titles(figures: Figures, earned: Sequence[Earned] = ()) -> list[tuple[Level, str]]:
    """Return the notes' levels and titles."""
    return [(note.level, note.title) for note in notes(figures, totals(earnings(earned)))]


def test_all_being_well_is_said() -> None:
    """Fresh, complete, and nothing else to know."""
    assert titles(FIGURES) == [
        (Level.GOOD, "The data is fresh"),
        (Level.GOOD, "Opens and clicks are complete"),
    ]


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        (
            replace(FIGURES, freshness=(replace(FRESH, account_hours_since_sync=120.0),)),
            (Level.BAD, "No new data for 5 days"),
        ),
        (
            replace(FIGURES, completeness=(replace(COMPLETE, likely_cause="outside_lookback", trust="low"),)),
            (Level.CAREFUL, "1 campaign sent before the synced period"),
        ),
        (
            replace(FIGURES, completeness=(replace(COMPLETE, likely_cause="unexplained", trust="low"),)),
            (Level.CAREFUL, "Activities are missing in 1 campaign"),
        ),
        (
            replace(FIGURES, completeness=(replace(COMPLETE, likely_cause="unreadable_rows", unreadable_rows=2),)),
            (Level.CAREFUL, "2 rows could not be understood, in 1 campaign"),
        ),
        (
            replace(FIGURES, times=(Times(event_type="open", meaning="unknown"),)),
            (Level.CAREFUL, "What times mean"),
        ),
        (
            replace(FIGURES, sent=Sent(campaigns=(replace(CAMPAIGN, estimated_human_opens=15),))),
            (Level.CAREFUL, "About 50% of the opens were probably made by machines"),
        ),
    ],
)
def test_what_needs_care_comes_first(figures: Figures, expected: tuple[Level, str]) -> None:
    """In a sentence that says what is so."""
    assert titles(figures)[0] == expected


def test_many_conversions_without_an_e_mail_are_mentioned() -> None:
    """They may belong to users who were not matched to a contact."""
    assert (Level.CAREFUL, "80% of the conversions did not follow an e-mail") in titles(FIGURES, (UNEARNED, EARNED))


def test_a_row_that_could_not_be_understood_once_is_not_mentioned_for_ever() -> None:
    """What is stored equals the counter by now, so a later sync understood it."""
    figures = replace(FIGURES, completeness=(replace(COMPLETE, unreadable_rows=2),))

    assert titles(figures) == titles(FIGURES)


@pytest.mark.parametrize(
    ("opens", "clicks", "level", "sentence"),
    [
        (
            "last",
            "first",
            Level.GOOD,
            (
                "The time of an open is that of the contact's last one and the time of a click is that of the contact's"
                " first one: ActiveCampaign keeps one time and a count."
            ),
        ),
        (
            "first",
            "unknown",
            Level.CAREFUL,
            (
                "The time of an open is that of the contact's first one and the time of a click is that of the"
                " contact's first or last one (which is not known yet): ActiveCampaign keeps one time and a count."
            ),
        ),
    ],
)
def test_what_times_mean_is_said_in_a_sentence(opens: str, clicks: str, level: Level, sentence: str) -> None:
    """As observed, for opens and for clicks."""
    times = (Times(event_type="open", meaning=opens), Times(event_type="click", meaning=clicks))

    [note] = [note for note in notes(replace(FIGURES, times=times), ()) if note.title == "What times mean"]

    assert (note.level, note.text) == (level, sentence)


def test_an_empty_account_has_nothing_to_be_warned_of() -> None:
    """Not even of itself."""
    assert titles(replace(FIGURES, sent=Sent(), completeness=(), freshness=())) == []


def test_a_campaign_is_as_complete_as_the_worse_of_its_opens_and_clicks() -> None:
    """Whichever row comes first; bounces do not count."""
    click = replace(COMPLETE, event_type="click", trust="medium")
    bounce = replace(COMPLETE, event_type="bounce", trust="low")

    assert by_campaign([COMPLETE, click, bounce]) == by_campaign([bounce, click, COMPLETE]) == {1: "medium"}


def test_the_largest_gap_comes_first() -> None:
    """In either direction; what can be trusted is not listed."""
    small, large = (replace(COMPLETE, campaign_id=i, gap=gap, trust="low") for i, gap in ((2, 3), (3, -9)))

    assert largest_gaps([COMPLETE, small, large]) == [large, small]


def test_missing_repeats_come_after_missing_contacts() -> None:
    """They matter less, however many they are."""
    repeats = replace(COMPLETE, gap_times=500, trust="medium")
    contacts = replace(COMPLETE, campaign_id=2, gap=1, gap_times=1, trust="medium")

    assert largest_gaps([repeats, contacts]) == [contacts, repeats]
