"""The data of the page: the figures as JSON values, under the names that the page's script uses."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sendtrail.report import earnings, trust
from sendtrail.report.attributed import Counting, Period
from sendtrail.report.attribution_models import MODELS, AttributionModel
from sendtrail.report.earned_payload import attributed_values
from sendtrail.report.figures import Day, Figures
from sendtrail.report.notes import notes
from sendtrail.report.packed import Values, packed, plain
from sendtrail.report.sent_payload import campaign_values, cohort_values, link_values, message_values


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportContext:
    """When a report is made, and the model that it shows first."""

    made_at: datetime
    model: str


def payload(figures: Figures, context: ReportContext) -> Values:
    """Return everything that the page shows."""
    chosen = figures.parameters.counting
    sums = earnings.totals(earnings.earnings(figures.attributed[chosen].earned))
    today = context.made_at.astimezone(ZoneInfo(figures.time_zone)).date()
    periods = earnings.shown_periods(figures.periods)
    names = {each.period for each in periods}
    start = earnings.starting_period(sums, periods, today)
    return {
        "account": figures.organization_id,
        "made_at": context.made_at.isoformat(),
        "today": today.isoformat(),
        "time_zone": figures.time_zone,
        "newest_sync_at": _newest(each.newest_sync_at for each in figures.freshness),
        "models": [_model(model, figures) for model in MODELS],
        "periods": [_period(each) for each in periods],
        "currencies": earnings.currencies(sums),
        "start": {"period": start, "model": context.model, "counting": chosen},
        "campaigns": packed(campaign_values(figures)),
        "links": packed(link_values(figures.sent.links)),
        "messages": message_values(figures.sent.messages),
        "responses": packed([asdict(each) for each in figures.sent.responses]),
        "automations": [plain(each) for each in figures.sent.automations],
        "lists": [plain(each) for each in figures.sent.lists],
        "recency": [plain(each) for each in figures.sent.recency],
        "cohorts": packed(cohort_values(figures.sent.cohorts, today)),
        "days": _days(figures.days),
        "attributed": {each: attributed_values(figures.attributed[each], names) for each in Counting},
        "notes": [asdict(note) for note in notes(figures, sums)],
        "trust": [asdict(each) for each in trust.by_type(figures.completeness)],
        "gaps": [asdict(each) for each in trust.largest_gaps(figures.completeness)],
        "freshness": [plain(each) for each in figures.freshness],
        "parameters": asdict(figures.parameters),
    }


def _model(model: AttributionModel, figures: Figures) -> Values:
    return {"name": model.name, "title": model.title, "says": model.says.format(**asdict(figures.parameters))}


def _period(period: Period) -> Values:
    bounds = {"starts_on": period.starts_on, "ends_on": period.ends_on}
    return {**asdict(period), **{name: day.isoformat() if day else None for name, day in bounds.items()}}


def _days(days: Iterable[Day]) -> Mapping[str, Values]:
    found: dict[str, Values] = {name: {"dates": [], "human": [], "raw": []} for name in trust.TYPES}
    for day in days:
        of_type = found[day.event_type]
        of_type["dates"].append(day.activity_date.isoformat())
        of_type["human"].append(day.events)
        of_type["raw"].append(day.raw_events)
    return found


def _newest(times: Iterable[Any]) -> str | None:
    newest = max(times, default=None)
    return newest.isoformat() if newest else None
