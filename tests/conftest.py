"""Mark each test with the tools that it needs besides Python, and provide Google's emulators."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from tests.gcp.fixtures import (  # noqa: F401 - fixtures, found by their names
    bigquery_client,
    bigquery_datasets,
    bigquery_url,
    bigquery_warehouse,
    firestore_address,
    firestore_database,
    firestore_state,
    pubsub_address,
    pubsub_publisher,
)

# The same examples every time, however long they take; `--hypothesis-profile default` looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "deep", parent=settings.get_profile("repeatable"), derandomize=False, max_examples=2_000, database=None
)
settings.load_profile("repeatable")
# Hypothesis also tries numbers and texts out of the modules that are loaded, which depend on the tests that ran before.
pytest.MonkeyPatch().setattr(providers, "_get_local_constants", Constants)

# A test needs a tool when it asks for one of these fixtures, directly or through another fixture.
TOOLS = {
    "bigquery_url": "emulator",
    "firestore_address": "emulator",
    "pubsub_address": "emulator",
    "browser": "browser",
    "workspace": "terraform",
    "_checkov": "checkov",
}
# Or when a parameter names what a fixture then asks for: "bigquery", "bigquery_warehouse".
EMULATED = ("bigquery", "firestore", "pubsub")


@pytest.fixture(scope="session")
def make_database(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Give a way to make a database with all views and no rows: a copy, as making them takes longer than most tests."""
    path = tmp_path_factory.mktemp("empty") / "empty.duckdb"
    DuckDbWarehouse(path).close()
    content = path.read_bytes()

    def make(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return make


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests, and keep those of one tool in one process, which then starts the tool only once.

    Those with the emulated queue wait for messages most of the time: they have emulators of their own, so that those
    of BigQuery, which keep a core busy, go on meanwhile.
    """
    for item in items:
        tools = sorted(set(_tools_of(item)))
        for tool in tools:
            item.add_marker(tool)
        if tools:
            item.add_marker(pytest.mark.xdist_group("queue" if _has_queue(item) else tools[-1]))


def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest) -> None:
    """Fail where a tool is asked for that was to be left out: the test is not marked, so name its fixture above."""
    tool = TOOLS.get(fixturedef.argname)
    if tool and f"not {tool}" in request.config.option.markexpr:
        pytest.fail(f"this test asks for {fixturedef.argname} without being marked {tool}: see tests/conftest.py")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which tests were left out."""
    left_out = [tool for tool in sorted({*TOOLS.values(), "world"}) if f"not {tool}" in config.option.markexpr]
    if left_out:
        terminalreporter.write_line(f"Left out: tests marked {', '.join(left_out)}. Run them with `make test-tools`.")


def _tools_of(item: pytest.Item) -> Iterable[str]:
    yield from (tool for fixture, tool in TOOLS.items() if fixture in getattr(item, "fixturenames", ()))
    yield from ("emulator" for emulated in _parameters_of(item) if emulated in EMULATED)


def _has_queue(item: pytest.Item) -> bool:
    return "pubsub_address" in getattr(item, "fixturenames", ()) or "pubsub" in _parameters_of(item)


def _parameters_of(item: pytest.Item) -> list[str]:
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return [str(value).partition("_")[0] for value in parameters]
