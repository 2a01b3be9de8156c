"""Measures how an account is when a run of it ends, whatever its end."""

import logging

from sendtrail.metrics.recording import NO_METRICS, Metrics
from sendtrail.ports import State
from sendtrail.state.account_status import read_status
from sendtrail.state.stored_wants import read_wants
from sendtrail.sync.campaign_checkpoints import checkpoints_of
from sendtrail.sync.overview.gaps import gaps_of, measure_state

logger = logging.getLogger(__name__)


def measure_account(metrics: Metrics, organization_id: str, state: State) -> None:
    """Measure what is missing of an account and how old what is stored has become, where somebody measures."""
    if metrics is NO_METRICS:
        return
    try:
        gaps = gaps_of(
            checkpoints_of(organization_id, state),
            state.transact(lambda transaction: read_wants(transaction, organization_id)),
        )
        status, now = state.transact(lambda transaction: (read_status(transaction, organization_id), transaction.now))
        measure_state(metrics, organization_id, gaps, status=status, now=now)
    except Exception as error:  # noqa: BLE001  (no run fails for what is measured; whoever needs the document says more)
        logger.warning("%s: what is missing could not be measured: %s", organization_id, error)
