"""The credit of each campaign under each data-driven model, with its interval; refused where it would say nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sendtrail.attribution.data_driven.bootstrap import Draws, intervals
from sendtrail.attribution.data_driven.markov import MarkovModel
from sendtrail.attribution.data_driven.model import Model, Numbers
from sendtrail.attribution.data_driven.paths import PathCount, campaigns_of
from sendtrail.attribution.data_driven.shapley import ShapleyModel
from sendtrail.errors import SettingsError
from sendtrail.plurals import counted

# Time grows with the cube of a chain's states: some minutes for these.
MAX_CAMPAIGNS = 500
MAX_STATES = 1_500
DECIMALS = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignCredit:
    """How many conversions a campaign has earned under a model, the interval of that, and its share of all of them."""

    model: str
    campaign_id: int
    credit: float
    low: float
    high: float
    share: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """How credit is computed: the Markov chain's order, the draws of the intervals, and the fewest conversions."""

    order: int
    draws: Draws
    min_conversions: int


def campaign_credits(paths: Sequence[PathCount], terms: Terms) -> list[CampaignCredit]:
    """Return the credits, under each model the largest first; raise SettingsError where they would say nothing."""
    _check(paths, terms)
    campaigns = campaigns_of(paths)
    ordered = sorted(paths, key=lambda path: path.campaigns)
    converted: Numbers = np.array([path.converted for path in ordered], dtype=np.float64)
    unconverted: Numbers = np.array([path.unconverted for path in ordered], dtype=np.float64)
    found: list[CampaignCredit] = []
    for name, model in _models(ordered, campaigns, terms).items():
        earned = model.credits(converted, unconverted)
        low, high = intervals(model, converted, unconverted, draws=terms.draws)
        found += _credits(name, campaigns, (earned, low, high))
    return found


def _models(paths: Sequence[PathCount], campaigns: Sequence[int], terms: Terms) -> Mapping[str, Model]:
    markov = MarkovModel(paths, campaigns, order=terms.order)
    if markov.size > MAX_STATES:
        raise _refused(
            f"--markov-order: a chain of order {terms.order} has {markov.size:,} states here, more than "
            f"{MAX_STATES:,}: choose a lower order, or fewer paths with --ended-since and --ended-before"
        )
    return {"markov": markov, "shapley": ShapleyModel(paths, campaigns)}


def _credits(model: str, campaigns: Sequence[int], columns: tuple[Numbers, Numbers, Numbers]) -> list[CampaignCredit]:
    total = columns[0].sum()
    found = [
        CampaignCredit(
            model=model, campaign_id=campaign, share=_rounded(earned / total), credit=_rounded(earned),
            low=_rounded(low), high=_rounded(high),
        )
        for campaign, earned, low, high in zip(campaigns, *columns, strict=True)
    ]  # fmt: skip
    return sorted(found, key=lambda each: (-each.credit, each.campaign_id))


def _check(paths: Sequence[PathCount], terms: Terms) -> None:
    """Raise SettingsError with what is missing to say anything about campaigns."""
    conversions, others = (sum(getattr(path, name) for path in paths) for name in ("converted", "unconverted"))
    if conversions < terms.min_conversions:
        raise _refused(
            f"{counted(conversions, 'conversion')} followed a path of e-mails whose outcome is known, and fewer than "
            f"{terms.min_conversions:,} say little about single campaigns: load conversions of a longer time, at least "
            "some times lookback_days, or lower --min-conversions and mind the intervals"
        )
    if not others:
        raise _refused(
            "every path that is known led to a conversion, so there is nothing to compare with: load conversions of a "
            "longer time, and sync the clicks of contacts who bought nothing"
        )
    if (number := len(campaigns_of(paths))) > MAX_CAMPAIGNS:
        raise _refused(
            f"the paths went through {number:,} campaigns, more than {MAX_CAMPAIGNS:,}: choose fewer paths with "
            "--ended-since and --ended-before"
        )


def _refused(reason: str) -> SettingsError:
    return SettingsError([reason])


def _rounded(number: float) -> float:
    """Return a number to the decimals that are the same on every machine."""
    return round(float(number), DECIMALS) + 0.0  # never -0.0
