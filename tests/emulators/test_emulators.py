"""How emulators are found, started and stopped, shown on a small server of the test's own."""

import os
import socket
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from sendtrail.emulators import bigquery, gcloud
from sendtrail.emulators.processes import HOST, Emulator, EmulatorMissing, free_ports, running
from sendtrail.errors import SendtrailError

Start = Callable[[Path], AbstractContextManager[str]]

SERVE = "import http.server as s; s.test(s.SimpleHTTPRequestHandler, port={port}, bind='127.0.0.1')"


def emulator(folder: Path, code: str, port: int = 1) -> Emulator:
    """Return an emulator that is a shell with Python below it, as Google's are shells with Java below them."""
    command = ["/bin/sh", "-c", f'"{sys.executable}" -c "$CODE"; true']
    return Emulator(name="test", command=command, port=port, log=folder / "log", environment={"CODE": code})


def test_an_emulator_is_there_for_the_block_and_gone_with_its_children(tmp_path: Path) -> None:
    """Nobody answers any more, though it was a child of what was started."""
    (port,) = free_ports(1)

    with running(emulator(tmp_path, SERVE.format(port=port), port)) as address:
        assert address == f"{HOST}:{port}"

    with pytest.raises(OSError, match="refused"):
        socket.create_connection((HOST, port), timeout=5)


def test_an_emulator_that_does_not_start_tells_why(tmp_path: Path) -> None:
    """The end of its log is part of the error."""
    with (
        pytest.raises(SendtrailError, match="no room on this machine"),
        running(emulator(tmp_path, "raise SystemExit('no room on this machine')")),
    ):
        pass


@pytest.mark.parametrize("start", [gcloud.pubsub, gcloud.firestore])
def test_without_gcloud_what_to_do_is_told(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways: install it, or use the images."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(EmulatorMissing, match="docker compose up"), start(tmp_path):
        pass


def test_a_gcloud_without_the_emulator_names_the_component(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that installs it is told."""
    gcloud_command = tmp_path / "bin" / "gcloud"
    gcloud_command.parent.mkdir()
    gcloud_command.write_text("#!/bin/sh\n")
    gcloud_command.chmod(0o755)
    monkeypatch.setenv("PATH", str(gcloud_command.parent))

    missing = pytest.raises(EmulatorMissing, match="gcloud components install pubsub-emulator")
    with missing, gcloud.pubsub(tmp_path):
        pass


def test_without_python_3_13_what_to_do_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shim that does not run is no Python."""
    shim = tmp_path / "python3.13"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path) + os.pathsep + "/bin")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("BIGQUERY_EMULATOR_HOST", raising=False)
    start = bigquery.bigquery("p", environment=tmp_path / "venv", data=tmp_path / "data", log_folder=tmp_path)

    with pytest.raises(EmulatorMissing, match=bigquery.IMAGE), start:
        pass


@pytest.mark.parametrize(
    ("start", "variable"),
    [(gcloud.pubsub, "PUBSUB_EMULATOR_HOST"), (gcloud.firestore, "FIRESTORE_EMULATOR_HOST")],
)
def test_an_emulator_that_runs_already_is_used(
    start: Start, variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Docker's, for one; nothing is started then."""
    monkeypatch.setenv(variable, "127.0.0.1:8085")

    with start(tmp_path) as address:
        assert address == "127.0.0.1:8085"
    assert list(tmp_path.iterdir()) == []


def test_a_bigquery_that_runs_already_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is installed or started then."""
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", "127.0.0.1:9050")
    start = bigquery.bigquery("p", environment=tmp_path / "venv", data=tmp_path / "data", log_folder=tmp_path)

    with start as url:
        assert url == "http://127.0.0.1:9050"
    assert list(tmp_path.iterdir()) == []
