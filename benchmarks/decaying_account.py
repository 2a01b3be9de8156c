"""An account whose campaigns are sent at even intervals and are opened less and less, as real ones are.

It implements the ports, without HTTP: its rows are computed, and each page takes some time on the clock.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import islice

from benchmarks.campaigns import sent_campaign
from sendtrail.clock import Clock
from sendtrail.domain.activity import Activity, EventType
from sendtrail.domain.campaign import Campaign, CampaignMessage
from sendtrail.domain.campaign_report import Report, ReportPage, ReportQuery

PAGE = 20
STOPPED_EARLY = (Report.OPENS, Report.CLICKS)
# The share of each report in all activities, its events, and the counter of these.
SHARES: Mapping[Report, tuple[float, EventType, str]] = {
    Report.OPENS: (0.84, EventType.OPEN, "opens"),
    Report.CLICKS: (0.14, EventType.CLICK, "linkclicks"),
    Report.BOUNCES: (0.01, EventType.BOUNCE, "hardbounces"),
    Report.UNSUBSCRIBES: (0.01, EventType.UNSUBSCRIBE, "unsubscribes"),
    Report.FORWARDS: (0.0, EventType.FORWARD, "forwards"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Decay:
    """`active` campaigns at any time, `daily` activities per day in all; half of a campaign's come in the half-life."""

    active: int = 60
    daily: int = 500_000
    lasts: timedelta = timedelta(days=3)
    half_life: timedelta = timedelta(hours=12)

    @property
    def send_interval(self) -> timedelta:
        """Return the time from one send to the next."""
        return self.lasts / self.active

    @property
    def activities(self) -> float:
        """Return how many activities a campaign has at its end."""
        return self.daily * (self.send_interval / timedelta(days=1))


class DecayingAccount:
    """The campaigns and reports of such an account at the clock's time; each page takes `page_s` seconds."""

    def __init__(self, decay: Decay, *, clock: Clock, page_s: float, first_send: datetime) -> None:
        self._decay, self._clock, self._page_s, self._first_send = decay, clock, page_s, first_send

    def campaigns(self) -> Iterator[Campaign]:
        """Yield every campaign that was sent."""
        sent = int((self._clock.now() - self._first_send) / self._decay.send_interval)
        for campaign_id in range(1, sent + 1):
            yield _campaign(campaign_id, self._sent_at(campaign_id), self.counters(campaign_id))

    def counters(self, campaign_id: int) -> dict[str, int]:
        """Return the counters of a campaign at the clock's time: nobody opens or clicks twice."""
        counted = {counter: self._count(campaign_id, report) for report, (_, _, counter) in SHARES.items()}
        opens, clicks = counted["opens"], counted["linkclicks"]
        unique = {"uniqueopens": opens, "uniquelinkclicks": clicks, "subscriberclicks": clicks, "uniqueforwards": 0}
        return {"send_amt": round(3 * self._decay.activities), **counted, **unique, "softbounces": 0}

    def campaign_messages(self, campaign_id: int) -> list[CampaignMessage]:
        """Return the only message of a campaign."""
        return [CampaignMessage(message_id=str(campaign_id), counters=self.counters(campaign_id))]

    def all_messages(self) -> Iterator[CampaignMessage]:
        """Yield nothing: no row needs them."""
        yield from ()

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the pages of a report, newest first; those of opens end with a row that is older than `since`."""
        size = PAGE if query.report is not Report.CLICKS else None  # all clicks of a message's links are on one page
        position, rows = query.position, islice(self._rows(query), PAGE * (query.position.page - 1), None)
        while page := list(islice(rows, size)):
            position = replace(position, page=position.page + 1)
            self._clock.sleep(self._page_s)
            yield ReportPage(activities=page, position=position)

    def _rows(self, query: ReportQuery) -> Iterator[Activity]:
        """Yield the rows that the worker needs: clicks before `since`, which it skips, are not computed."""
        for number in range(self._count(query.campaign_id, query.report) - 1, -1, -1):
            activity = self._activity(query, number)
            yield activity
            if query.report in STOPPED_EARLY and activity.activity_timestamp < query.since:
                return

    def _count(self, campaign_id: int, report: Report) -> int:
        """Return how many rows a report has: N(t) = N (1 - 2^-(t / half-life)), scaled to be N at the end."""
        age = min(self._clock.now() - self._sent_at(campaign_id), self._decay.lasts)
        return math.floor(self._final_count(report) * self._share(age))

    def _activity(self, query: ReportQuery, number: int) -> Activity:
        """Return the row `number`, counted from the oldest, at the time when the count reached it."""
        share = (number + 0.5) / self._final_count(query.report) * self._final_share()
        age = -math.log2(1 - share) * self._decay.half_life
        at = self._sent_at(query.campaign_id) + age
        is_bounce = query.report is Report.BOUNCES
        contact = number * 7 + query.campaign_id
        return Activity(
            campaign_id=query.campaign_id,
            message_id="",
            contact_id=str(contact),
            contact_email=f"contact{contact}@mail.example.com",
            event_type=SHARES[query.report][1],
            activity_timestamp=datetime.combine(at, time(), at.tzinfo) if is_bounce else at,
            source_timestamp=at.isoformat(timespec="seconds"),
            day_only=is_bounce,
        )

    def _final_count(self, report: Report) -> float:
        return self._decay.activities * SHARES[report][0]

    def _share(self, age: timedelta) -> float:
        return (1 - 2 ** -(age / self._decay.half_life)) / self._final_share()

    def _final_share(self) -> float:
        return 1 - 2 ** -(self._decay.lasts / self._decay.half_life)

    def _sent_at(self, campaign_id: int) -> datetime:
        return self._first_send + (campaign_id - 1) * self._decay.send_interval


def rows_by_report(counters: Mapping[int, Mapping[str, int]]) -> Counter[tuple[int, str]]:
    """Return how many rows campaigns with these counters have, by campaign and event type."""
    return Counter(
        {
            (campaign_id, event_type): counted[counter]
            for campaign_id, counted in counters.items()
            for _, event_type, counter in SHARES.values()
        }
    )


def _campaign(campaign_id: int, sent_at: datetime, counters: Mapping[str, int]) -> Campaign:
    name = f"News of week {campaign_id}, for subscribers"
    return sent_campaign(campaign_id, name=name, sent_at=sent_at, counters=counters)
