"""`sendtrail gcp-demo`, on emulators that run already."""

from pathlib import Path

import pytest
from rich.console import Console

from sendtrail.cli.demo.gcp_run import DemoPlan, run
from sendtrail.emulators.processes import EmulatorMissing
from sendtrail.emulators.together import Emulators

PLAN = DemoPlan(accounts=1, campaigns=2, openers=20, seed=1, push_host="127.0.0.1")


def test_the_demo_proves_what_it_says(found: Emulators, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two days and a repeated call; the emulators are those that the environment names."""
    for name, address in found.environment.items():
        monkeypatch.setenv(name, address)
    console = Console(record=True, width=160)

    assert run(console, PLAN, folder=tmp_path / "demo")

    told = console.export_text()
    assert told.count("✓ proven") == 6
    assert "nothing is published again" in told


def test_without_the_emulators_the_demo_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install them, or run the containers."""
    for name in ("PUBSUB_EMULATOR_HOST", "FIRESTORE_EMULATOR_HOST", "BIGQUERY_EMULATOR_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    with pytest.raises(EmulatorMissing, match="docker compose up"):
        run(Console(record=True), PLAN, folder=tmp_path / "demo")
