"""The sample account, its report, and a browser to look at it with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from sendtrail.cli.report import write_report
from sendtrail.cli.settings.report_settings import ReportSettings
from sendtrail.local.duckdb_reader import read_only
from sendtrail.local.duckdb_snapshot import snapshot
from sendtrail.report.figures import Figures
from sendtrail.report.reading import read_figures
from sendtrail.warehouse.query_result import Query
from tests.fakes import FakeClock
from tests.report.browser import Browse, browsing, running
from tests.report.samples import NOW, make_database


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a database with the sample account."""
    return make_database(tmp_path_factory.mktemp("report") / "sample.duckdb")


@pytest.fixture(scope="session")
def figures(database: Path) -> Figures:
    """Give what the report shows of it."""
    with snapshot(database, dataset="marketing_ai") as views:
        return read_figures(views, organization="acme")


@pytest.fixture
def query(database: Path) -> Iterator[Query]:
    """Give what runs a SELECT on it."""
    with read_only(database) as run_select:
        yield run_select


def report_of(database: Path) -> Path:
    """Write the report of a database beside it, as of the samples' own time."""
    settings = ReportSettings.read({"database": database, "output": database.with_suffix(".html")})
    return write_report(settings, clock=FakeClock(NOW))


@pytest.fixture(scope="session")
def file(database: Path) -> Path:
    """Give the report of the sample account."""
    return report_of(database)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give Chromium; not for the whole session, because no event loop can be run beside it."""
    with running() as browser:
        yield browser


@pytest.fixture
def browse(browser: Browser) -> Iterator[Browse]:
    """Give what opens a file in Chromium."""
    with browsing(browser) as browse:
        yield browse
