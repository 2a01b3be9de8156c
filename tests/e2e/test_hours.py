"""Four syncs a day: what is spared between them is read within a day."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sendtrail.cli.demo.truth import ACTIVITIES, account_activities, stored_activities
from sendtrail.simulator import CampaignPlan, NewActivity, Plan, Quirks, serve
from tests.e2e.worlds import World, an_account, world
from tests.fakes import FakeClock

SYNCS_PER_DAY, DAYS, HOURS = 4, 3, 6
PLAN = Plan(
    sizes=(
        CampaignPlan(openers=140, clickers=12, links=2, bounces=22, unsubscribes=22, sent_days_ago=3),
        CampaignPlan(openers=60, clickers=5, links=1, sent_days_ago=20),
    ),
)
MEANINGS: tuple[tuple[str, ...], ...] = ((), ("open",), ("click",), ("open", "click"))


@pytest.mark.parametrize("still", MEANINGS, ids="+".join)
def test_no_count_is_older_than_a_day(
    still: tuple[Any, ...], tmp_path: Path, make_database: Callable[[Path], Path]
) -> None:
    """Whether repeats move rows or not; and new rows are stored at once."""
    account, clock = an_account(Quirks(still_tstamps=still), PLAN), FakeClock()
    with serve(account) as server, world(account, server.url, make_database(tmp_path / "test.duckdb"), clock) as odd:
        odd.sync()
        shown = [_largest_counts(account_activities(account.truth()))]

        for _ in range(DAYS * SYNCS_PER_DAY):
            _pass_hours(odd)
            odd.sync()

            now = _largest_counts(account_activities(account.truth()))
            stored = _largest_counts(_stored(odd))
            assert stored.keys() == now.keys()
            assert not [key for key, times in shown[-SYNCS_PER_DAY:][0].items() if stored[key] < times]
            shown.append(now)


def _pass_hours(odd: World) -> None:
    news = [
        NewActivity(campaign_id=campaign.id, opens=number, clicks=number // 4, bounces=1, unsubscribes=1)
        for campaign, number in zip(odd.account.campaigns_truth(), (24, 4), strict=True)
    ]
    odd.account.pass_told_day(news, hours=HOURS)
    odd.clock.advance(HOURS * 3_600)


def _stored(odd: World) -> Any:
    sql = ACTIVITIES.format(dataset="marketing_ai")
    return stored_activities(odd.run.warehouse.query(sql, {"organization": "main"}).rows)


def _largest_counts(rows: Any) -> dict[tuple[Any, ...], int]:
    """Return the largest count of each row of a report that stays the same row."""
    largest: dict[tuple[Any, ...], int] = {}
    for campaign_id, _, event_type, contact_id, email, _, times, link_id, *_ in rows:
        key = (campaign_id, event_type, contact_id or email, link_id)
        largest[key] = max(times, largest.get(key, 0))
    return largest
