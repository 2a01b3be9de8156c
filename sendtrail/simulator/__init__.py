"""A simulated ActiveCampaign account over HTTP, to test code that reads one.

    from sendtrail.simulator import Account, Failure, FailureKind, Plan, serve

    account = Account(seed=1, plan=Plan(campaigns=20, openers=5_000))
    with serve(account) as running:
        ...  # read `running.url` with the header `Api-Token: <account.api_key>`
        account.pass_day()
        account.fail(Failure(kind=FailureKind.UNAVAILABLE, times=3, match="open_list"))
        expected = list(account.truth())

The account follows from its seed, its plan and an instant: any row is computed when it is asked for, so a million
openers cost no memory. Where the real API is undocumented it does this:

- Bounces and unsubscriptions come oldest first; forwards newest first.
- Forwards have `subscriberid, email, tstamp, tstamp_iso, times, email_to`, all on one page, whatever `page` says.
- Without `messageid` the reports of a split campaign tell of its first message alone.
- An e-mail address never changes; retagging a contact leaves its `udate` alone.
- `filters[updated_after]` reads an instant without offset in US Central time; other filters are ignored.
"""

from sendtrail.simulator.account import Account, Network
from sendtrail.simulator.failures import Failure, FailureKind
from sendtrail.simulator.plan import CampaignPlan, Plan
from sendtrail.simulator.quirks import Quirks
from sendtrail.simulator.report_lists.page_counts import TruthPages
from sendtrail.simulator.server import Running, serve
from sendtrail.simulator.traffic import Arrival, Stats
from sendtrail.simulator.truth import TruthCampaign, TruthContact, TruthRow, TruthUnreadable
from sendtrail.simulator.world.new_activity import News

__all__ = [
    "Account",
    "Arrival",
    "CampaignPlan",
    "Failure",
    "FailureKind",
    "Network",
    "News",
    "Plan",
    "Quirks",
    "Running",
    "Stats",
    "TruthCampaign",
    "TruthContact",
    "TruthPages",
    "TruthRow",
    "TruthUnreadable",
    "serve",
]
