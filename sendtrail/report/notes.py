"""What a reader has to know before relying on the numbers, in plain words."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sendtrail.report.earnings import ALL_TIME, Total
from sendtrail.report.figures import Figures
from sendtrail.report.trust import LEVELS, OUTSIDE, by_campaign, not_covered

STALE_HOURS = 48
DAY_HOURS = 24
MANY_MACHINES = 0.05
MANY_UNEARNED = Decimal("0.5")


class Level(StrEnum):
    """How much a note matters."""

    BAD = "bad"
    CAREFUL = "careful"
    GOOD = "good"


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A note: what is so, and what it means or what to do about it."""

    level: Level
    title: str
    text: str


def notes(figures: Figures, totals: Sequence[Total]) -> list[Note]:
    """Return what to know, the most important first."""
    found = [
        *_stale(figures),
        *_older(figures),
        *_incomplete(figures),
        *_machines(figures),
        *_unearned(totals, figures),
    ]
    order = list(Level)
    return sorted(found, key=lambda note: order.index(note.level))


def _stale(figures: Figures) -> Iterator[Note]:
    hours = min((each.account_hours_since_sync for each in figures.freshness), default=None)
    if hours is None:
        return
    if hours > STALE_HOURS:
        yield Note(
            level=Level.BAD,
            title=f"Nothing new has come in for {hours / DAY_HOURS:.0f} days",
            text="Either nothing has happened, or nothing was synced: run sendtrail sync, and make this report again.",
        )
    else:
        yield Note(level=Level.GOOD, title="The data is fresh", text=f"The newest was stored {_ago(hours)}.")


def _ago(hours: float) -> str:
    whole = round(hours)
    return "less than an hour ago" if whole < 1 else "an hour ago" if whole == 1 else f"{whole} hours ago"


def _older(figures: Figures) -> Iterator[Note]:
    older = not_covered(figures.completeness) & {each.campaign_id for each in figures.campaigns}
    if older:
        yield Note(
            level=Level.CAREFUL,
            title=f"{_campaigns(len(older))} sent before what was synced",
            text="Their opens and clicks are not here, so the funnel and the rates leave them out,"
            " and they may have earned more than is shown. Run sendtrail sync --all to bring them in.",
        )


def _incomplete(figures: Figures) -> Iterator[Note]:
    older = not_covered(figures.completeness)
    inside = [each for each in figures.completeness if each.campaign_id not in older]
    levels = Counter(by_campaign(inside).values())
    causes = {each.campaign_id for each in inside if each.trust == "low" and each.likely_cause != OUTSIDE}
    if causes:
        yield Note(
            level=Level.CAREFUL,
            title=f"Opens, clicks or others are missing in {_campaigns(len(causes))}",
            text="Less is stored than ActiveCampaign counts. The likely cause of each is under Completeness below.",
        )
    elif levels and set(levels) <= set(LEVELS[:2]):
        yield Note(
            level=Level.GOOD,
            title="Opens and clicks are complete",
            text="What is stored agrees with ActiveCampaign's own counters in every campaign that was synced.",
        )


def _machines(figures: Figures) -> Iterator[Note]:
    opens, raw = sum(each.opens for each in figures.campaigns), sum(each.opens_raw for each in figures.campaigns)
    share = 1 - opens / raw if raw else 0.0
    if share >= MANY_MACHINES:
        yield Note(
            level=Level.CAREFUL,
            title=f"About {share:.0%} of the opens were probably made by machines",
            text="Mail programs such as Apple Mail load images before anybody looks, and security scanners follow"
            " links. They are left out unless you choose to count everything.",
        )


def _unearned(totals: Sequence[Total], figures: Figures) -> Iterator[Note]:
    of_all_time = [total for total in totals if total.period is ALL_TIME]
    conversions = sum((total.conversions for total in of_all_time), Decimal(0))
    earned = sum((total.earned_conversions for total in of_all_time), Decimal(0))
    if conversions and 1 - earned / conversions >= MANY_UNEARNED:
        yield Note(
            level=Level.CAREFUL,
            title=f"{1 - earned / conversions:.0%} of the conversions have no e-mail before them",
            text=f"Nobody was seen to click in the {figures.parameters.lookback_days} days before. That may be so, or"
            " users and contacts are not matched: see the view user_mapping.",
        )


def _campaigns(count: int) -> str:
    return "1 campaign" if count == 1 else f"{count:,} campaigns"
