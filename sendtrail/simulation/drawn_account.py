"""What a world begins with: accounts of some campaigns, and the settings of the functions."""

from dataclasses import dataclass, replace
from random import Random

from sendtrail.entrypoints.settings import FunctionSettings
from sendtrail.pseudonyms.pseudonyms import Pseudonyms
from sendtrail.simulation.cloud.process import START
from sendtrail.simulation.oddities import drawn_quirks
from sendtrail.simulator import Account, CampaignPlan, Network, Plan, Quirks
from sendtrail.simulator.quirks.access import HiddenContact

EVERYTHING_DAYS, SHORT_DAYS = 3_650, 30
SHARE_SHORT = 0.25
"""In so many worlds the first sync leaves something to a backfill."""
SHARE_ERASING_GONE = 0.25
"""In so many worlds contacts are erased who are gone from the account."""
SHARE_PSEUDONYMOUS = 0.125
"""In so many worlds addresses and names are stored under pseudonyms."""
SHARE_SMALL = 0.9
"""So many worlds are of one small account that is in trouble for a day: it takes a quarter of the time."""
LOOKUP_TIME_S = 60.0
SHARE_HIDING = 0.1
"""So many accounts hide some contacts from a day on, as where the user of the key loses a permission."""
SHARE_WITHOUT_KEYSET = 0.05
"""So many accounts ignore `id_greater`: their contacts are read by place."""
SHARE_BUSY_AND_LATE = 0.03
"""So many accounts have pages of opens in a day, and list them hours late: some rows come far from the top."""
BUSY_OPENERS, BUSY_SHARE = (45, 90), 0.5
LATE_H = 30
LONG_AGO_DAYS = (25, 45, 90)


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How much there is in a world; each is drawn from among these."""

    accounts: tuple[int, ...]
    campaigns: tuple[int, ...]
    openers: tuple[int, ...]
    days: tuple[int, ...]


SMALL = Size(accounts=(1,), campaigns=(1, 1, 1, 2), openers=(3, 19, 20, 21), days=(1,))
LARGE = Size(accounts=(1, 1, 2, 3), campaigns=(1, 2, 3), openers=(3, 19, 20, 21, 45, 90), days=(1, 2, 3))


def drawn_size(seed: int) -> Size:
    """Return how much there is in a world: mostly little."""
    return SMALL if Random(f"{seed}: size").random() < SHARE_SMALL else LARGE


def drawn_lookback_days(seed: int) -> int:
    """Return how far back the first sync goes: mostly to the beginning of the account."""
    return SHORT_DAYS if Random(f"{seed}: lookback").random() < SHARE_SHORT else EVERYTHING_DAYS


def drawn_gone_days(seed: int) -> int | None:
    """Return how long after they were found to be gone contacts are erased: mostly never, or once two passes agree."""
    return 0 if Random(f"{seed}: gone").random() < SHARE_ERASING_GONE else None


def drawn_pseudonyms(seed: int) -> Pseudonyms | None:
    """Return the pseudonyms under which people are stored, mostly none."""
    is_chosen = Random(f"{seed}: pseudonyms").random() < SHARE_PSEUDONYMOUS
    return Pseudonyms(key=b"simulated pseudonyms".ljust(32)) if is_chosen else None


def drawn_account(seed: int, random: Random, *, size: Size, lookback_days: int) -> Account:
    """Return an account of one to three campaigns; where the first sync does not go back to all of it, older ones."""
    sizes = tuple(_campaign(random, size.openers) for _ in range(random.choice(size.campaigns)))
    if lookback_days < EVERYTHING_DAYS:
        ages = Random(f"{seed}: ages")
        sizes = tuple(replace(size, sent_days_ago=ages.choice(LONG_AGO_DAYS)) for size in sizes)
    plan = Plan(
        sizes=sizes,
        daily_share=random.choice((0.02, 0.1)),
        shift_every=random.choice((0, 0, 7)),
        spare_recipients=random.choice((35, 35, 100)),
        tags=3,
    )
    quirks, hiding = drawn_quirks(random), Random(f"{seed}: hiding")
    if hiding.random() < SHARE_HIDING:
        by_id: HiddenContact = hiding.choice(("shown", "refused"))
        quirks = replace(quirks, hidden_list=1, hidden_from_h=hiding.choice((10, 30)), hidden_by_id=by_id)
    if Random(f"{seed}: keyset").random() < SHARE_WITHOUT_KEYSET:
        quirks = replace(quirks, id_greater_ignored=True)
    busy = Random(f"{seed}: busy")
    if busy.random() < SHARE_BUSY_AND_LATE:
        sizes = tuple(replace(each, openers=busy.choice(BUSY_OPENERS)) for each in sizes)
        # Alone: beside another oddity the late rows are expected at no certain time, and a dropped overlap goes unseen.
        plan, quirks = replace(plan, daily_share=BUSY_SHARE, sizes=sizes), Quirks(late_opens_h=LATE_H)
    return Account(seed=seed, now=START, plan=plan, quirks=quirks, network=Network(rate=0))


def drawn_settings(random: Random, *, lookback_days: int, gone_days: int | None) -> FunctionSettings:
    """Return settings under which there is much to hand over, to renew and to merge.

    Where contacts are erased who are gone, each of them takes a request after a pass, in what is left of its time.
    """
    time_budget_s = random.choice((20.0, 60.0, 480.0))
    return FunctionSettings.read(
        project_id="simulated-project",
        time_budget_s=time_budget_s if gone_days is None else max(time_budget_s, LOOKUP_TIME_S),
        lookback_days=lookback_days,
        erase_gone_after_days=gone_days,
        lease_s=random.choice((15.0, 120.0)),
        flush_rows=random.choice((10, 100, 5_000)),
        flush_s=random.choice((5.0, 240.0)),
        budget_block=random.choice((1, 10)),
        backfill_hours=random.choice((0.01, 1.0)),
        max_deleted_share=0.8,  # in some worlds most of the few contacts are deleted between two passes
    )


def _campaign(random: Random, openers: tuple[int, ...]) -> CampaignPlan:
    return CampaignPlan(
        kind=random.choice(("ordinary", "ordinary", "automation", "split")),
        openers=random.choice(openers),
        clickers=random.choice((0, 2, 7)),
        links=random.choice((1, 2, 3)),
        bounces=random.choice((0, 1, 22)),
        unsubscribes=random.choice((0, 2)),
        forwards=random.choice((0, 1)),
        sent_days_ago=random.choice((2, 5, 15)),
    )
