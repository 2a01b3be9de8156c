"""What a sync will take, by the campaigns' counters."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from sendtrail.domain.campaign_report import Report
from sendtrail.domain.messages import Reason, SyncCampaign
from sendtrail.sync.forecast import Forecast, campaign_forecast, contacts_forecast, share_since, total
from sendtrail.sync.read_window import DEFAULT_OVERLAP
from sendtrail.sync.sync_record import SyncRecord
from tests.fake_account import a_campaign
from tests.fakes import NOON

DAY = timedelta(days=1)
ALL = NOON - 9_000 * DAY


def a_message(
    *, reason: Reason = Reason.NEW, split: bool = False, since: datetime | None = ALL, **counters: int
) -> SyncCampaign:
    """Return the message of a campaign with these counters."""
    return SyncCampaign(
        organization_id="acme",
        campaign_id=1,
        campaign_name="",
        split=split,
        run_id="run1",
        sequence=1,
        reason=reason,
        since=since,
        counters=counters,
    )


def forecast_of(message: SyncCampaign, synced: SyncRecord | None = None) -> Forecast:
    """Return what a message takes for a campaign that was sent at noon."""
    return campaign_forecast(
        replace(a_campaign(1), counters={"send_amt": 100, **message.counters}),
        message,
        synced,
        now=NOON + 20 * DAY,
        overlap=DEFAULT_OVERLAP,
        flush_rows=5_000,
    )


@pytest.mark.parametrize(
    ("counters", "requests", "rows"),
    [
        ({"opens": 900, "uniqueopens": 399}, 20, 399),
        ({"opens": 900, "uniqueopens": 400}, 21, 400),  # no page says that it is the last, so one more is asked for
        ({"opens": 0, "uniqueopens": 0, "hardbounces": 5, "softbounces": 16}, 2, 21),
        ({"linkclicks": 70, "uniquelinkclicks": 60}, 1, 60),
        ({"forwards": 3, "uniqueforwards": 3, "unsubscribes": 0}, 1, 3),
    ],
)
def test_a_first_sync_of_everything_reads_every_page(counters: dict[str, int], requests: int, rows: int) -> None:
    """Reports whose counters are zero are not asked for; those whose counters are not given are."""
    zero = {
        "opens": 0, "uniqueopens": 0, "verified_opens": 0, "verified_unique_opens": 0, "linkclicks": 0,
        "uniquelinkclicks": 0, "subscriberclicks": 0, "hardbounces": 0, "softbounces": 0, "unsubscribes": 0,
        "forwards": 0, "uniqueforwards": 0,
    }  # fmt: skip

    message = replace(a_message(), counters={**zero, **counters})

    forecast = forecast_of(message)

    assert (forecast.requests, forecast.rows, forecast.batches) == (requests, rows, 1 if rows else 0)


def test_news_takes_the_pages_that_it_can_fill() -> None:
    """Forty opens since the last sync: two pages at most, and the one that shows that older ones follow."""
    synced = SyncRecord(
        since=ALL,
        watermarks={Report.OPENS: NOON + 19 * DAY},
        counters={"opens": 960, "uniqueopens": 800},
        synced_at=NOON + 19 * DAY,
        audited_at=NOON + 19 * DAY,
        confirmed=True,
        deep_watermarks={Report.OPENS: NOON + 19 * DAY},
        settling={},
    )

    forecast = forecast_of(a_message(reason=Reason.CHANGED, since=None, opens=1_000, uniqueopens=830), synced)

    assert (forecast.requests, forecast.rows) == (3, 40)


@pytest.mark.parametrize("reason", [Reason.EXTENDED, Reason.AUDIT])
def test_what_is_read_for_the_past_takes_all_of_its_pages(reason: Reason) -> None:
    """However little is new: nobody has read what lies further back, or it is to be read again."""
    counters = {"opens": 1_000, "uniqueopens": 830, "forwards": 0, "unsubscribes": 0}
    synced = SyncRecord(
        since=NOON + 18 * DAY if reason is Reason.EXTENDED else ALL,
        watermarks={Report.OPENS: NOON + 19 * DAY},
        counters=counters,
        synced_at=NOON + 19 * DAY,
        audited_at=NOON + 19 * DAY,
        confirmed=True,
        deep_watermarks={Report.OPENS: NOON + 19 * DAY},
        settling={},
    )

    forecast = forecast_of(replace(a_message(reason=reason), counters=counters), synced)

    assert forecast.rows == 830
    assert forecast.requests >= 42


def test_a_split_campaign_takes_its_reports_for_each_message() -> None:
    """And the list of its messages."""
    one = forecast_of(a_message(opens=40, uniqueopens=39, hardbounces=0, softbounces=0))
    several = forecast_of(a_message(split=True, opens=40, uniqueopens=39, hardbounces=0, softbounces=0))

    assert several.requests > one.requests + 1


def test_most_opens_come_soon_after_the_send() -> None:
    """Of an automation they come all the time."""
    broadcast = a_campaign(1)
    automation = replace(broadcast, automation_id="7")
    now = NOON + 20 * DAY

    assert share_since(broadcast, NOON, now=now) == 1
    assert share_since(broadcast, NOON + 13 * DAY, now=now) < 0.05
    assert share_since(automation, NOON + 13 * DAY, now=now) == pytest.approx(0.35)


def test_bytes_are_billed_for_each_table_of_each_merge() -> None:
    """Ten mebibytes at least, of both tables."""
    forecast = total([Forecast(requests=1, rows=5, batches=2), contacts_forecast(100, flush_rows=5_000)])

    assert forecast.batches == 4
    assert forecast.bytes_billed == 80 * 2**20
