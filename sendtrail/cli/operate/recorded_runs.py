"""The runs that are over, as the warehouse has them; the state knows those that go on, or were never recorded."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sendtrail.cli.settings.operator_settings import OperatorSettings
from sendtrail.cli.warehouses import open_reader
from sendtrail.clock import Clock
from sendtrail.errors import SendtrailError
from sendtrail.local.duckdb_reader import read_only
from sendtrail.sync.forecast import Forecast, list_requests
from sendtrail.sync.runs.run_figures import RunFigures
from sendtrail.sync.runs.run_history import PastRun, Stage
from sendtrail.sync.runs.run_row import INTERRUPTED
from sendtrail.sync.runs.stored_run import Summary
from sendtrail.warehouse.query_result import Query

logger = logging.getLogger(__name__)

_RUNS = """
SELECT *
FROM {dataset}.runs
WHERE organization_id IN ({organizations})
ORDER BY began_at DESC, run_id DESC
LIMIT {last}
"""


def recorded_runs(settings: OperatorSettings, clock: Clock, names: Sequence[str], *, last: int) -> list[PastRun]:
    """Return the latest runs in the warehouse; none, which is said, where it cannot be asked."""
    try:
        with _reader(settings, clock) as query:
            return list(_recorded(query, settings.dataset, names, last=last))
    except SendtrailError as error:
        logger.warning("only what the state knows of the runs is shown: %s", error)
        return []


def with_recorded(known: Sequence[PastRun], recorded: Sequence[PastRun], *, last: int) -> list[PastRun]:
    """Return the latest of both, each run once: of the warehouse where the state does not know what it took."""
    found = {(run.organization, run.run_id): run for run in recorded}
    for run in known:
        if run.figures is not None or (run.organization, run.run_id) not in found:
            found[run.organization, run.run_id] = run
    return sorted(found.values(), key=lambda run: (run.began_at, run.run_id, run.organization), reverse=True)[:last]


def _reader(settings: OperatorSettings, clock: Clock) -> AbstractContextManager[Query]:
    return open_reader(settings, clock) if settings.project else read_only(settings.database)


def _recorded(query: Query, dataset: str, names: Sequence[str], *, last: int) -> Iterator[PastRun]:
    if not names:
        return
    listed = ", ".join(f"'{name}'" for name in names)  # letters, digits, - and _ alone
    result = query(_RUNS.format(dataset=dataset, organizations=listed, last=last))
    for row in result.rows:
        yield _past_run(dict(zip(result.columns, row, strict=True)))


def _past_run(row: dict[str, Any]) -> PastRun:
    is_interrupted = row["outcome"] == INTERRUPTED
    return PastRun(
        run_id=row["run_id"],
        organization=row["organization_id"],
        began_at=row["began_at"],
        summary=None if row["due"] is None else _summary(row),
        figures=_figures(row),
        stage=Stage.INTERRUPTED if is_interrupted else Stage.ENDED,
        failures=row["failures"],
    )


def _summary(row: dict[str, Any]) -> Summary:
    forecast = Forecast(requests=row["forecast_requests"] - list_requests(row["campaigns"]))
    return Summary(
        run_id=row["run_id"],
        organization_id=row["organization_id"],
        campaigns=row["campaigns"],
        due=row["due"],
        published=row["due"],
        forecast=forecast,
    )


def _figures(row: dict[str, Any]) -> RunFigures:
    ended_at = row["ended_at"]
    return RunFigures(
        ended_at=ended_at,
        seconds=None if ended_at is None else max((ended_at - row["began_at"]).total_seconds(), 0.0),
        requests=row["requests"],
        contacts_requests=row["contacts_requests"],
        refused=row["throttled_requests"],
        activities_read=row["activities_read"],
        activities_new=row["activities_new"],
        contacts_read=0,
        contacts_changed=row["contacts_changed"],
        unreadable_rows=row["unreadable_rows"],
        failures=row["failures"],
        interrupted=row["outcome"] == INTERRUPTED,
        retries=row["retries"],
        bytes_billed=row["bytes_billed"],
    )
