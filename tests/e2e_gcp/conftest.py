"""The three functions on Google's emulators: one set of emulators a session, functions of its own for each test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from sendtrail.emulators.project import Project, Size, deployed
from sendtrail.emulators.together import Emulators
from sendtrail.entrypoints.settings import FunctionSettings
from sendtrail.gcp.bigquery_warehouse import Datasets
from tests.e2e_gcp.production import Production
from tests.gcp.fixtures import PROJECT

Make = Callable[..., Production]
MakeProject = Callable[..., Project]


@pytest.fixture
def found(pubsub_address: str, firestore_address: str, bigquery_url: str) -> Emulators:
    """Give the emulators; without one of them the test is skipped, or fails where CI has to have it."""
    return Emulators(pubsub=pubsub_address, firestore=firestore_address, bigquery=bigquery_url)


@pytest.fixture
def make_project(found: Emulators, bigquery_datasets: Datasets, tmp_path: Path) -> MakeProject:
    """Give a way to name what a project holds, with settings of the test's own."""
    name = f"test-{uuid4().hex[:12]}"
    own: dict[str, Any] = {
        "firestore_database": name,
        "dataset": bigquery_datasets.tables,
        "staging_dataset": bigquery_datasets.staging,
        "lease_s": 15.0,
        "budget_block": 100,
        **{f"{topic}_topic": f"{name}-{topic}" for topic in ("campaigns", "contacts", "failures")},
    }

    def make(**settings: Any) -> Project:
        given = FunctionSettings.read(project_id=PROJECT, **found.environment, **(own | settings))
        return Project(given, found, folder=tmp_path)

    return make


@pytest.fixture
def production(make_project: MakeProject, tmp_path: Path) -> Iterator[Make]:
    """Give a way to deploy the functions until the test ends."""
    with ExitStack() as stack:

        def make(*, size: Size | None = None, ack_deadline_s: int = 60, **settings: Any) -> Production:
            project = make_project(**settings)
            stack.enter_context(deployed(project, size=size or Size(), ack_deadline_s=ack_deadline_s))
            return Production(project=project, folder=tmp_path, stack=stack)

        yield make
