"""Writes runs that are over into the warehouse: their history outlives the state, which forgets them after 90 days."""

import logging
from dataclasses import replace

from sendtrail.delivery.services import Services
from sendtrail.errors import SendtrailError
from sendtrail.state.account_status import AccountStatus
from sendtrail.state.documents import readable, run_path
from sendtrail.state.run_usage import NO_USAGE
from sendtrail.sync.runs.run_row import EndedRun, figures_of_status, run_batch
from sendtrail.sync.runs.stored_run import Run

logger = logging.getLogger(__name__)


def record_run(run: EndedRun, services: Services) -> None:
    """Write a run into the warehouse; say so where that fails, which costs this line of the history and no data."""
    try:
        services.warehouse.merge(run_batch(run, token=services.new_token(), now=services.clock.now()))
    except SendtrailError as error:
        logger.warning("the run %s is not in the table runs: %s", run.run_id, error)


def record_run_before(before: AccountStatus | None, organization_id: str, *, run_id: str, services: Services) -> None:
    """Write the run before the one that begins, unless whoever did all of it has written it, or nobody counted."""
    if before is None or before.run_id == run_id:
        return
    path = run_path(before.run_id)
    document = services.state.transact(lambda transaction: transaction.get(path))
    stored = None if document is None else readable(Run, document, path=path)
    if stored is not None and (organization_id in stored.figures or _is_uncounted(stored, organization_id)):
        return
    dispatched = NO_USAGE if stored is None else stored.usage.get(organization_id, NO_USAGE)
    status = replace(before, usage=before.usage.plus(dispatched))
    run = EndedRun(
        run_id=before.run_id,
        organization_id=organization_id,
        began_at=before.last_run,
        summary=None if stored is None else stored.summaries.get(organization_id),
        figures=figures_of_status(status),
        unfinished=max(before.campaigns_left, 0),
    )
    record_run(run, services)


def _is_uncounted(run: Run, organization_id: str) -> bool:
    """Return whether a version dispatched an account's run that did not count what a run takes."""
    return organization_id in run.summaries and organization_id not in run.usage
