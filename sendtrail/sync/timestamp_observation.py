"""Observe what the times of an account's rows mean, once a day, in what is stored: no request is made for it."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from sendtrail.delivery.services import Services
from sendtrail.domain.campaign_report import Report
from sendtrail.domain.timestamp_meaning import (
    EVENT_TYPES,
    MIN_OBSERVATIONS,
    TimestampEvidence,
    TimestampMeaning,
    timestamp_meaning,
)
from sendtrail.state.account_status import AccountStatus

logger = logging.getLogger(__name__)

OBSERVED_EVERY = timedelta(days=1)
# How far back the partitions are read in which evidence is looked for.
OBSERVED_PERIOD = timedelta(days=30)

Meanings = Mapping[Report, TimestampMeaning]


def observe_timestamps(
    organization_id: str, status: AccountStatus | None, *, services: Services, now: datetime
) -> tuple[Meanings, datetime | None]:
    """Return what the times of each report's rows mean, and when that was observed; None where it never was."""
    known: Meanings = {} if status is None else status.timestamp_meanings
    observed_at = None if status is None else status.timestamps_observed_at
    if observed_at is not None and timedelta() <= now - observed_at < OBSERVED_EVERY:
        return known, observed_at
    try:
        evidence = services.warehouse.timestamp_evidence(organization_id, since=(now - OBSERVED_PERIOD).date())
    except Exception as error:  # noqa: BLE001 - reading deeper than necessary loses nothing, whatever is wrong
        logger.warning("what the times of rows mean cannot be observed: %s", error)
        return known, observed_at
    return {**known, **_meanings(evidence)}, now


def _meanings(evidence: Mapping[str, TimestampEvidence]) -> Meanings:
    """Return what there is enough evidence for: where that contradicts what was known, nothing is known any more."""
    found = {report: evidence.get(event_type, TimestampEvidence()) for report, event_type in EVENT_TYPES.items()}
    return {report: timestamp_meaning(each) for report, each in found.items() if each.observations >= MIN_OBSERVATIONS}
