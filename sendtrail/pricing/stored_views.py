"""What it takes to renew stored views once a day, and what their rows take: those that Terraform stores by default.

A query is billed for the columns that it reads of each table, whole, however often it names them.
`benchmarks/stored_views.py` says which columns these are.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sendtrail.pricing.workload import Workload

# Opens and clicks, of all activities; the others are no touches.
TOUCHES = 0.98
# An account of 500,000 activities a day has some 1,000 orders a day, with four touches each; there are five models.
CONVERSIONS, TOUCHES_A_CONVERSION, MODELS = 1 / 500, 4, 5
# Of an activity, when it was written included: the campaign's name, the contact's address, what machines are known by.
_CAMPAIGN_BYTES, _ADDRESS_BYTES, _JUDGED_BYTES = 48, 53, 105
# Of a touch, what attribution reads; and of a touch that a conversion has, what its credits are computed from, with its
# share of the conversion.
_ATTRIBUTED_BYTES, _CREDITED_BYTES = 57, 140
# Whole rows.
_TOUCH, _ATTRIBUTED_TOUCH, _CREDIT, _CAMPAIGN, _ADDRESS = 97, 210, 243, 300, 82


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredView:
    """A stored view of all accounts: the bytes of its rows, and those that a renewal reads of activities or touches."""

    stored: float
    read: float


def stored_views(work: Workload) -> Mapping[str, StoredView]:
    """Return the stored views, each after those that it reads."""
    activities = work.accounts * work.activities * work.history_days
    touches = TOUCHES * activities
    attributed = CONVERSIONS * TOUCHES_A_CONVERSION * activities
    return {
        "campaigns_current": StoredView(
            stored=work.accounts * work.campaigns * _CAMPAIGN, read=activities * _CAMPAIGN_BYTES
        ),
        "contact_addresses": StoredView(
            stored=work.accounts * work.contacts * _ADDRESS, read=activities * _ADDRESS_BYTES
        ),
        "touch_observations": StoredView(stored=touches * _TOUCH, read=activities * _JUDGED_BYTES),
        "attribution_touches": StoredView(stored=attributed * _ATTRIBUTED_TOUCH, read=touches * _ATTRIBUTED_BYTES),
        "attribution": StoredView(stored=MODELS * attributed * _CREDIT, read=attributed * _CREDITED_BYTES),
    }
