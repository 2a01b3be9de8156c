"""The workloads that documents and targets speak of; many large accounts are dispatched in groups of five."""

from collections.abc import Mapping
from dataclasses import replace

from sendtrail.pricing.workload import Workload

SMALL = Workload(activities=20_000, contacts=10_000, campaigns=100, changing=10)
MEDIUM = Workload(activities=500_000, contacts=50_000, campaigns=1_000, changing=60)
EXAMPLES: Mapping[str, Workload] = {
    "small": SMALL,
    "medium": MEDIUM,
    "4 medium": replace(MEDIUM, accounts=4),
    "20 medium": replace(MEDIUM, accounts=20, groups=4),
}
