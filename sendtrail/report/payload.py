"""The data of the page: the figures as JSON values, under the names that the page's script uses."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sendtrail.report import earnings, trust
from sendtrail.report.attribution_models import MODELS, NAMES, AttributionModel
from sendtrail.report.figures import Attributed, Counting, Day, Figures, Funnel, Path
from sendtrail.report.notes import notes

Values = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportContext:
    """When a report is made, and the model that it shows first."""

    made_at: datetime
    model: str


def payload(figures: Figures, context: ReportContext) -> Values:
    """Return everything that the page shows."""
    chosen = figures.parameters.counting
    sums = earnings.totals(earnings.earnings(figures.attributed[chosen].earned))
    start = earnings.starting_period(sums, context.made_at.date())
    return {
        "account": figures.organization_id,
        "made_at": context.made_at.isoformat(),
        "newest_sync_at": _newest(each.newest_sync_at for each in figures.freshness),
        "models": [_model(model, figures) for model in MODELS],
        "periods": [_period(each) for each in earnings.periods(figures.attributed[chosen].earned)],
        "currencies": earnings.currencies(sums),
        "start": {"period": _period(start), "model": context.model, "counting": chosen},
        "campaigns": _campaigns(figures),
        "days": _days(figures.days),
        "attributed": {counting: _attributed(figures.attributed[counting]) for counting in Counting},
        "notes": [asdict(note) for note in notes(figures, sums)],
        "trust": [asdict(each) for each in trust.by_type(figures.completeness)],
        "gaps": [asdict(each) for each in trust.largest_gaps(figures.completeness)],
        "freshness": [_plain(each) for each in figures.freshness],
        "parameters": asdict(figures.parameters),
    }


def _attributed(found: Attributed) -> Values:
    ranked = earnings.earnings(found.earned)
    return {
        "earned": [_earned(each) for each in ranked],
        "totals": [_total(each) for each in earnings.totals(ranked)],
        "paths": [
            *(_path(each, month=None) for each in found.paths),
            *(_path(each, month=each.month) for each in found.month_paths),
        ],
        "funnel": [_funnel(each) for each in found.funnel],
    }


def _model(model: AttributionModel, figures: Figures) -> Values:
    return {"name": model.name, "title": model.title, "says": model.says.format(**asdict(figures.parameters))}


def _campaigns(figures: Figures) -> list[Values]:
    levels = trust.by_campaign(figures.completeness)
    missing = trust.not_covered(figures.completeness)
    return [
        {
            **_plain(each),
            "id": each.campaign_id,
            "name": each.title,
            "opens": {"human": each.estimated_human_opens, "raw": each.raw_unique_opens},
            "clicks": {"human": each.unique_clicks, "raw": each.raw_unique_clicks},
            "trust": levels.get(each.campaign_id, "unknown"),
            "covered": each.campaign_id not in missing,
        }
        for each in figures.campaigns
    ]


def _days(days: Iterable[Day]) -> Mapping[str, Values]:
    found: dict[str, Values] = {name: {"dates": [], "human": [], "raw": []} for name in trust.TYPES}
    for day in days:
        of_type = found[day.event_type]
        of_type["dates"].append(day.activity_date.isoformat())
        of_type["human"].append(day.events)
        of_type["raw"].append(day.raw_events)
    return found


def _earned(each: earnings.Earnings) -> Values:
    return {
        "period": _period(each.period),
        "currency": each.currency,
        "campaign": each.campaign_id,
        "conversions": each.conversions,
        "credit": [_number(each.credit.get(model)) for model in NAMES],
        "value": [_number(each.value.get(model)) for model in NAMES],
        "rank": [each.rank.get(model) for model in NAMES],
    }


def _total(total: earnings.Total) -> Values:
    return {
        "period": _period(total.period),
        "currency": total.currency,
        "conversions": _number(total.conversions),
        "value": _number(total.value),
        "earned_conversions": _number(total.earned_conversions),
        "earned_value": _number(total.earned_value),
    }


def _path(path: Path, *, month: date | None) -> Values:
    return {
        "period": _period(month),
        "currency": path.currency,
        "campaigns": path.steps,
        "conversions": path.conversions,
        "value": _number(path.value),
        "days": path.average_days,
    }


def _funnel(funnel: Funnel) -> Values:
    return {
        "period": _period(funnel.month),
        "sent": funnel.sent,
        "delivered": funnel.delivered,
        "openers": {"human": funnel.openers, "raw": funnel.raw_openers},
        "clickers": {"human": funnel.clickers, "raw": funnel.raw_clickers},
        "buyers": funnel.buyers,
        "orders": funnel.orders,
    }


def _plain(row: Any) -> Values:
    """Return the fields of a row, times as text."""
    values = asdict(row).items()
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values}


def _period(period: date | None) -> str:
    """Return a month like "2026-10", and "" for all time."""
    return f"{period:%Y-%m}" if period else ""


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _newest(times: Iterable[datetime]) -> str | None:
    newest = max(times, default=None)
    return newest.isoformat() if newest else None
