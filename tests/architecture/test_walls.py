"""The import contracts report what they forbid: each forbidden import, planted in a copy, is named."""

from dataclasses import dataclass

import pytest

from tests.architecture.repository_copy import RepositoryCopy, copy_repository

LAYERS = "Imports point one way, by layer"
FUNCTIONS = "A function stands above the entrypoints, alone, and nothing imports it"
VENDORS = "A vendor stays in its adapter"
OUTSIDE = "What is installed or deployed imports nothing of the repository around it"
SIMULATOR = "Only demos and simulations know the simulator"


@dataclass(frozen=True, kw_only=True, slots=True)
class Plant:
    """A line at the end of a file, the contract that it breaks, and the words that name it in the report."""

    file: str
    line: str
    breaks: str
    reported: str


PLANTS = {
    "a value imports an adapter": Plant(
        file="sendtrail/domain/activity.py",
        line="from sendtrail.gcp.clients import bigquery_client",
        breaks=LAYERS,
        reported="sendtrail.domain.activity -> sendtrail.gcp.clients",
    ),
    "a value imports an adapter, later": Plant(
        file="sendtrail/domain/contact.py",
        line="def late() -> None:\n    import sendtrail.local.sqlite_state",
        breaks=LAYERS,
        reported="sendtrail.domain.contact -> sendtrail.local.sqlite_state",
    ),
    "an error imports anything": Plant(
        file="sendtrail/errors.py",
        line="from sendtrail.clock import Clock",
        breaks=LAYERS,
        reported="sendtrail.errors -> sendtrail.clock",
    ),
    "the delivery knows what is synced": Plant(
        file="sendtrail/delivery/deliver.py",
        line="from sendtrail.sync.campaign import CampaignTask",
        breaks=LAYERS,
        reported="sendtrail.delivery.deliver -> sendtrail.sync.campaign",
    ),
    "one adapter imports another": Plant(
        file="sendtrail/local/duckdb_warehouse.py",
        line="from sendtrail.gcp.bigquery_errors import *",
        breaks=LAYERS,
        reported="sendtrail.local.duckdb_warehouse -> sendtrail.gcp.bigquery_errors",
    ),
    "the report imports an adapter": Plant(
        file="sendtrail/report/figures.py",
        line="from sendtrail.local import duckdb_reader",
        breaks=LAYERS,
        reported="sendtrail.report.figures -> sendtrail.local.duckdb_reader",
    ),
    "nobody placed a new module": Plant(
        file="sendtrail/utils.py", line="VALUE = 1", breaks=LAYERS, reported="sendtrail.utils"
    ),
    "nobody placed a new folder": Plant(
        file="sendtrail/common/__init__.py", line="", breaks=LAYERS, reported="sendtrail.common"
    ),
    "the command line imports a function": Plant(
        file="sendtrail/cli/run/local_run.py",
        line="from campaign_worker.main import sync_campaign",
        breaks=FUNCTIONS,
        reported="sendtrail.cli.run.local_run -> campaign_worker.main",
    ),
    "one function imports another": Plant(
        file="contacts_worker/main.py",
        line="import dispatcher.http_request",
        breaks=FUNCTIONS,
        reported="contacts_worker.main -> dispatcher.http_request",
    ),
    "HTTP outside the account's adapter": Plant(
        file="sendtrail/sync/dispatch.py",
        line="import requests",
        breaks=VENDORS,
        reported="sendtrail.sync.dispatch -> requests",
    ),
    "Google Cloud outside its adapter": Plant(
        file="sendtrail/entrypoints/runtime.py",
        line="from google.cloud import bigquery",
        breaks=VENDORS,
        reported="sendtrail.entrypoints.runtime -> google",
    ),
    "DuckDB in a function": Plant(
        file="dispatcher/main.py", line="import duckdb", breaks=VENDORS, reported="dispatcher.main -> duckdb"
    ),
    "the package imports a test's fake": Plant(
        file="sendtrail/cli/run/local_run.py",
        line="from tests.fakes import FakeClock",
        breaks=OUTSIDE,
        reported="sendtrail.cli.run.local_run -> tests",
    ),
    "a command reaches for the simulator": Plant(
        file="sendtrail/cli/sync.py",
        line="from sendtrail.simulator import Account",
        breaks=SIMULATOR,
        reported="sendtrail.cli.sync -> sendtrail.simulator",
    ),
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> RepositoryCopy:
    """Give the copy that all tests plant in, one after the other."""
    return copy_repository(tmp_path_factory.mktemp("repository"))


def test_the_copy_as_it_is_breaks_nothing(repository: RepositoryCopy) -> None:
    """So what the other tests find is what they planted."""
    verdict = repository.lint()

    assert not verdict.broken, verdict.text


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_a_forbidden_import_is_reported(repository: RepositoryCopy, plant: Plant) -> None:
    """By the contract that forbids it, with the module and what it imports."""
    with repository.planted(plant.file, plant.line):
        verdict = repository.lint()

    assert plant.breaks in verdict.broken, verdict.text
    assert plant.reported in " ".join(verdict.text.split()), verdict.text
