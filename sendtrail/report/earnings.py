"""What campaigns earned in each period and currency, and their rank under each model. Currencies are never added."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from sendtrail.report.attributed import ALL_TIME, MONTH, Earned, Period
from sendtrail.report.attribution_models import DEFAULT, NAMES

MONTHS_SHOWN = 25


@dataclass(kw_only=True, slots=True)
class Earnings:
    """What one campaign (None: no e-mail) earned in one period and currency under each model."""

    period: str
    currency: str | None
    campaign_id: int | None
    conversions: int = 0
    credit: dict[str, Decimal] = field(default_factory=dict)
    value: dict[str, Decimal] = field(default_factory=dict)
    rank: dict[str, int] = field(default_factory=dict)

    def add(self, earned: Earned) -> None:
        """Add what was earned under one model."""
        model = earned.model
        self.conversions += earned.conversions if model == DEFAULT else 0
        self.credit[model] = self.credit.get(model, Decimal(0)) + earned.credit
        if earned.value is not None:
            self.value[model] = self.value.get(model, Decimal(0)) + earned.value


@dataclass(frozen=True, kw_only=True, slots=True)
class Total:
    """All conversions of one period and currency, and the part that e-mails earned, the same under every model."""

    period: str
    currency: str | None
    conversions: Decimal
    value: Decimal | None
    earned_conversions: Decimal
    earned_value: Decimal | None


def shown_periods(periods: Iterable[Period]) -> list[Period]:
    """Return the periods without the oldest months, with which none is compared then."""
    found = list(periods)
    older = sorted((each.period for each in found if each.kind == MONTH), reverse=True)[MONTHS_SHOWN:]
    return [
        replace(each, compared_with=None) if each.compared_with in older else each
        for each in found
        if each.period not in older
    ]


def earnings(rows: Sequence[Earned]) -> list[Earnings]:
    """Return what each campaign earned in each period and currency, ranked among the campaigns of both."""
    found: dict[tuple[str, str | None, int | None], Earnings] = {}
    for row in rows:
        key = (row.period, row.currency, row.campaign_id)
        found.setdefault(key, Earnings(period=row.period, currency=row.currency, campaign_id=row.campaign_id)).add(row)
    for group in _groups(found.values()).values():
        _rank(group)
    return list(found.values())


def totals(found: Iterable[Earnings]) -> list[Total]:
    """Return the total of each period and currency."""
    return [_total(period, currency, group) for (period, currency), group in _groups(found).items()]


def starting_period(found: Sequence[Total], periods: Iterable[Period], today: date) -> str:
    """Return the period to show first: last month if it has conversions, else the newest month that has any."""
    earning = {total.period for total in found}
    months = [each.period for each in periods if each.kind == MONTH and each.period in earning]
    last_month = f"{date.fromordinal(today.replace(day=1).toordinal() - 1):%Y-%m}"
    return last_month if last_month in months else max(months, default=ALL_TIME)


def currencies(found: Sequence[Total]) -> list[str | None]:
    """Return the currencies, the one with the most conversions first, and None (without a value) last."""
    counts: dict[str | None, Decimal] = {t.currency: t.conversions for t in found if t.period == ALL_TIME}
    return sorted(counts, key=lambda each: (each is None, -counts[each], each or ""))


def _groups(found: Iterable[Earnings]) -> Mapping[tuple[str, str | None], list[Earnings]]:
    groups = defaultdict(list)
    for each in found:
        groups[each.period, each.currency].append(each)
    return groups


def _rank(group: Iterable[Earnings]) -> None:
    campaigns = [each for each in group if each.campaign_id is not None]
    for model in NAMES:
        places: dict[tuple[bool, Decimal, Decimal], int] = {}
        for place, score in enumerate(sorted((_score(each, model) for each in campaigns), reverse=True), start=1):
            places.setdefault(score, place)  # equal scores share the first place
        for each in campaigns:
            each.rank[model] = places[_score(each, model)]


def _score(each: Earnings, model: str) -> tuple[bool, Decimal, Decimal]:
    """Return what campaigns are ranked by: value, then credit, as in the view `model_comparison`."""
    value = each.value.get(model)
    return value is not None, value or Decimal(0), each.credit.get(model, Decimal(0))


def _total(period: str, currency: str | None, group: Sequence[Earnings]) -> Total:
    by_email = [each for each in group if each.campaign_id is not None]
    return Total(
        period=period,
        currency=currency,
        conversions=_sum(each.credit for each in group) or Decimal(0),
        value=_sum(each.value for each in group),
        earned_conversions=_sum(each.credit for each in by_email) or Decimal(0),
        earned_value=_sum(each.value for each in by_email),
    )


def _sum(numbers: Iterable[Mapping[str, Decimal]]) -> Decimal | None:
    found = list(_under_default(numbers))
    return sum(found, Decimal(0)) if found else None


def _under_default(numbers: Iterable[Mapping[str, Decimal]]) -> Iterator[Decimal]:
    for each in numbers:
        if DEFAULT in each:
            yield each[DEFAULT]
