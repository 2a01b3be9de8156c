"""What a unit costs: list prices in US dollars of a region of the first tier, July 2025, each with its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

DAYS_A_MONTH = 30


class Unit(StrEnum):
    """What is billed, as the documents call it."""

    PROCESSOR = "Cloud Run, processor (vCPU-seconds)"
    MEMORY = "Cloud Run, memory (GiB-seconds)"
    REQUESTS = "Cloud Run, requests"
    STATEMENTS = "BigQuery, statements (TiB)"
    STORAGE = "BigQuery, storage (GiB)"
    OLD_STORAGE = "BigQuery, storage older than 90 days (GiB)"
    READS = "Firestore, reads"
    WRITES = "Firestore, writes"
    DELETES = "Firestore, deletes"
    MESSAGES = "Pub/Sub, messages (GiB)"
    KEPT_MESSAGES = "Pub/Sub, messages kept for a replay (GiB)"
    SCHEDULES = "Cloud Scheduler, jobs"
    SECRETS = "Secret Manager, versions"
    KEY_READS = "Secret Manager, reads"
    LOGS = "Cloud Logging (GiB)"
    METRICS = "Cloud Monitoring, metrics of logs (MiB)"
    CONDITIONS = "Cloud Monitoring, conditions of alerts"
    SERIES = "Cloud Monitoring, series that alerts look at"


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitPrice:
    """`dollars` for each `per` units beyond those that are free a month; units of one `pool` share what is free."""

    dollars: float
    source: str
    per: int = 1
    free: float = 0.0
    pool: str = ""


_CLOUD = "https://cloud.google.com"
_RUN, _BIGQUERY = f"{_CLOUD}/run/pricing", f"{_CLOUD}/bigquery/pricing"
_FIRESTORE, _PUBSUB = f"{_CLOUD}/firestore/pricing", f"{_CLOUD}/pubsub/pricing"
_SECRETS, _OBSERVED = f"{_CLOUD}/secret-manager/pricing", f"{_CLOUD}/products/observability/pricing"
_STORED = "BigQuery storage"
_MILLION, _PACK = 1_000_000, 100_000

PRICES: Mapping[Unit, UnitPrice] = {
    Unit.PROCESSOR: UnitPrice(dollars=0.000024, free=180_000, source=_RUN),
    Unit.MEMORY: UnitPrice(dollars=0.0000025, free=360_000, source=_RUN),
    Unit.REQUESTS: UnitPrice(dollars=0.40, per=_MILLION, free=2 * _MILLION, source=_RUN),
    Unit.STATEMENTS: UnitPrice(dollars=6.25, free=1, source=_BIGQUERY),
    Unit.STORAGE: UnitPrice(dollars=0.02, free=10, pool=_STORED, source=_BIGQUERY),
    Unit.OLD_STORAGE: UnitPrice(dollars=0.01, free=10, pool=_STORED, source=_BIGQUERY),
    # Free tiers of Firestore are a day's: what is spread over the day uses all of them.
    Unit.READS: UnitPrice(dollars=0.03, per=_PACK, free=50_000 * DAYS_A_MONTH, source=_FIRESTORE),
    Unit.WRITES: UnitPrice(dollars=0.09, per=_PACK, free=20_000 * DAYS_A_MONTH, source=_FIRESTORE),
    Unit.DELETES: UnitPrice(dollars=0.01, per=_PACK, free=20_000 * DAYS_A_MONTH, source=_FIRESTORE),
    Unit.MESSAGES: UnitPrice(dollars=40, per=1_024, free=10, source=_PUBSUB),
    Unit.KEPT_MESSAGES: UnitPrice(dollars=0.27, source=_PUBSUB),
    Unit.SCHEDULES: UnitPrice(dollars=0.10, free=3, source=f"{_CLOUD}/scheduler/pricing"),
    Unit.SECRETS: UnitPrice(dollars=0.06, free=6, source=_SECRETS),
    Unit.KEY_READS: UnitPrice(dollars=0.03, per=10_000, free=10_000, source=_SECRETS),
    Unit.LOGS: UnitPrice(dollars=0.50, free=50, source=_OBSERVED),
    Unit.METRICS: UnitPrice(dollars=0.258, free=150, source=_OBSERVED),
    Unit.CONDITIONS: UnitPrice(dollars=0.10, source=_OBSERVED),
    Unit.SERIES: UnitPrice(dollars=0.35, per=_MILLION, source=_OBSERVED),
}
