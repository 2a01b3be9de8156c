"""What campaigns earned in each period, the paths to conversion and who bought, as the page's script reads them."""

from collections.abc import Collection

from sendtrail.report import earnings
from sendtrail.report.attributed import Attributed, Path, PeriodEngagement
from sendtrail.report.attribution_models import NAMES
from sendtrail.report.packed import DIGITS, Values, number, packed, same_or_each


def attributed_values(found: Attributed, periods: Collection[str]) -> Values:
    """Return what was earned in some periods, counted in one way."""
    ranked = earnings.earnings([each for each in found.earned if each.period in periods])
    return {
        "earned": packed([_earned(each) for each in ranked]),
        "totals": [_total(each) for each in earnings.totals(ranked)],
        "paths": packed([_path(each) for each in found.paths if each.period in periods]),
        "engagement": [_engagement(each) for each in found.engagement if each.period in periods],
    }


def _earned(each: earnings.Earnings) -> Values:
    return {
        "period": each.period,
        "currency": each.currency,
        "campaign": each.campaign_id,
        "credit": same_or_each([number(each.credit.get(model)) for model in NAMES]),
        "value": same_or_each([number(each.value.get(model)) for model in NAMES]),
        "rank": same_or_each([each.rank.get(model) for model in NAMES]),
    }


def _total(total: earnings.Total) -> Values:
    return {
        "period": total.period,
        "currency": total.currency,
        "conversions": number(total.conversions),
        "value": number(total.value),
        "earned_conversions": number(total.earned_conversions),
        "earned_value": number(total.earned_value),
    }


def _path(path: Path) -> Values:
    return {
        "period": path.period,
        "currency": path.currency,
        "campaigns": path.steps,
        "conversions": path.conversions,
        "value": number(path.value),
        "days": path.average_days,
    }


def _engagement(found: PeriodEngagement) -> Values:
    return {
        "period": found.period,
        "campaigns": found.campaigns,
        "sent": found.sent,
        "delivered": found.delivered,
        "bounce_rate": _share(found.bounce_rate),
        "unsubscribe_rate": _share(found.unsubscribe_rate),
        "openers": {"human": found.openers, "raw": found.raw_openers},
        "clickers": {"human": found.clickers, "raw": found.raw_clickers},
        "buyers": found.buyers,
        "orders": found.orders,
    }


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
