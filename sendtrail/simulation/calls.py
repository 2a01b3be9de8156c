"""Calls of the dispatcher, each a run of its own."""

from collections.abc import Mapping
from typing import Any

from sendtrail.simulation.cloud.functions import Cloud
from sendtrail.simulation.cloud.process import world_time
from sendtrail.simulation.operating.asked import Asked
from sendtrail.simulation.operating.erasures import Erasures
from sendtrail.state.documents import run_path


class Calls:
    """Calls the dispatcher for one account, or for all that are switched on."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud, self._erasures = cloud, Erasures(cloud)
        self.runs = 0
        self.asked = Asked()

    def dispatch(self, organization_id: str | None = None, **wanted: Any) -> Mapping[str, str] | None:
        """Return the reason of each account that was rejected; None where the dispatcher did not come to its end."""
        self.runs += 1
        self._erasures.sweep_all()
        asked_at = world_time(self._cloud.scheduler)
        rejected = self._cloud.dispatch(self._run_id, organization_id, wanted)
        if organization_id and rejected is not None:
            self.asked.ask(organization_id, asked_at, **wanted)
        elif organization_id and wanted.get("since"):
            self.asked.name_a_time(organization_id)  # perhaps it was stored
        return rejected

    def has_dispatched(self, organization_id: str) -> bool:
        """Return whether the latest run has come to the end of an account's dispatch."""
        run = self._cloud.documents.get(run_path(self._run_id)) or {}
        return organization_id in run.get("summaries", {})

    @property
    def _run_id(self) -> str:
        return f"run{self.runs:03d}"
