"""What readers should know before they rely on the numbers, in plain words."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sendtrail.plurals import counted
from sendtrail.report.attributed import ALL_TIME
from sendtrail.report.earnings import Total
from sendtrail.report.figures import Figures
from sendtrail.report.times import says_what_is_known, times_sentence
from sendtrail.report.trust import LEVELS, OUTSIDE, by_campaign, not_covered, not_understood

STALE_HOURS = 48
DAY_HOURS = 24
MANY_MACHINES = 0.05
MANY_WITHOUT_EMAIL = Decimal("0.5")


class Level(StrEnum):
    """How much a note matters."""

    BAD = "bad"
    CAREFUL = "careful"
    GOOD = "good"


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A note: what was found, and what it means or what to do about it."""

    level: Level
    title: str
    text: str


def notes(figures: Figures, totals: Sequence[Total]) -> list[Note]:
    """Return the notes, the most important first."""
    found = [
        *_freshness(figures),
        *_not_covered(figures),
        *_completeness(figures),
        *_not_understood(figures),
        *_times(figures),
        *_machines(figures),
        *_without_email(totals, figures),
    ]
    order = list(Level)
    return sorted(found, key=lambda note: order.index(note.level))


def _freshness(figures: Figures) -> Iterator[Note]:
    hours = min((each.account_hours_since_sync for each in figures.freshness), default=None)
    if hours is None:
        return
    if hours > STALE_HOURS:
        yield Note(
            level=Level.BAD,
            title=f"No new data for {counted(round(hours / DAY_HOURS), 'day')}",
            text="Either nothing happened or nothing was synced: run sendtrail sync, then create this report again.",
        )
    else:
        yield Note(level=Level.GOOD, title="The data is fresh", text=f"The newest data was stored {_ago(hours)}.")


def _ago(hours: float) -> str:
    whole = round(hours)
    return "less than an hour ago" if whole < 1 else "an hour ago" if whole == 1 else f"{counted(whole, 'hour')} ago"


def _not_covered(figures: Figures) -> Iterator[Note]:
    older = not_covered(figures.completeness) & {each.campaign_id for each in figures.sent.campaigns}
    if older:
        yield Note(
            level=Level.CAREFUL,
            title=f"{counted(len(older), 'campaign')} sent before the synced period",
            text="Opens and clicks from before it were not synced, so the funnel and the rates leave out"
            f" {'this campaign, which' if len(older) == 1 else 'these campaigns, which'} may have earned more than is"
            " shown. Run sendtrail sync --all to add what is missing.",
        )


def _completeness(figures: Figures) -> Iterator[Note]:
    older = not_covered(figures.completeness)
    inside = [each for each in figures.completeness if each.campaign_id not in older]
    levels = Counter(by_campaign(inside).values())
    causes = {each.campaign_id for each in inside if each.trust == "low" and each.likely_cause != OUTSIDE}
    if causes:
        yield Note(
            level=Level.CAREFUL,
            title=f"Activities are missing in {counted(len(causes), 'campaign')}",
            text="Less is stored than ActiveCampaign counts. The likely causes are below, under"
            " ‘Where stored and counted differ’.",  # noqa: RUF001  (as it is printed)
        )
    elif levels and set(levels) <= set(LEVELS[:2]):
        yield Note(
            level=Level.GOOD,
            title="Opens and clicks are complete",
            text="What is stored matches ActiveCampaign's own counters for every campaign that was synced.",
        )


def _not_understood(figures: Figures) -> Iterator[Note]:
    found = not_understood(figures.completeness)
    if found:
        rows, campaigns = sum(each.unreadable_rows for each in found), {each.campaign_id for each in found}
        others = "" if len(campaigns) == 1 else ", likewise for others,"
        yield Note(
            level=Level.CAREFUL,
            title=f"{counted(rows, 'row')} could not be understood, in {counted(len(campaigns), 'campaign')}",
            text=f"{'It is' if rows == 1 else 'They are'} not counted. The table unreadable_rows says why: update"
            f" Sendtrail, and run sendtrail sync --campaign {min(campaigns)} --all{others} to read such rows again.",
        )


def _times(figures: Figures) -> Iterator[Note]:
    if figures.times:
        level = Level.GOOD if says_what_is_known(figures.times) else Level.CAREFUL
        yield Note(level=level, title="What times mean", text=times_sentence(figures.times))


def _machines(figures: Figures) -> Iterator[Note]:
    opens = sum(each.estimated_human_opens for each in figures.sent.campaigns)
    raw = sum(each.raw_unique_opens for each in figures.sent.campaigns)
    share = 1 - opens / raw if raw else 0.0
    if share >= MANY_MACHINES:
        yield Note(
            level=Level.CAREFUL,
            title=f"About {share:.0%} of the opens were probably made by machines",
            text="Mail programs such as Apple Mail load images before anybody reads the e-mail, and security scanners"
            " follow links. They are left out unless you choose to count everything.",
        )


def _without_email(totals: Sequence[Total], figures: Figures) -> Iterator[Note]:
    of_all_time = [total for total in totals if total.period == ALL_TIME]
    conversions = sum((total.conversions for total in of_all_time), Decimal(0))
    earned = sum((total.earned_conversions for total in of_all_time), Decimal(0))
    if conversions and 1 - earned / conversions >= MANY_WITHOUT_EMAIL:
        yield Note(
            level=Level.CAREFUL,
            title=f"{1 - earned / conversions:.0%} of the conversions did not follow an e-mail",
            text=f"There is no click in the {counted(figures.parameters.lookback_days, 'day')} before them. Either that"
            " is how it was, or users are not matched to contacts: see the view user_mapping.",
        )
