"""A BigQuery of this machine's own: PyPI local-bigquery, in an environment of its own, since it needs Python 3.13."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sendtrail.emulators.processes import HOST, Emulator, EmulatorMissing, free_ports, running
from sendtrail.errors import SendtrailError

FOLDER = ".venv-bigquery-emulator"
IMAGE = "ghcr.io/novucs/local-bigquery:0.3.2"
_HERE = Path(__file__).resolve().parent
REQUIREMENTS = _HERE / "bigquery-requirements.txt"
INSTALL_S = 600.0


@contextmanager
def bigquery(project_id: str, *, environment: Path, data: Path, log_folder: Path) -> Iterator[str]:
    """Run the emulator and yield its URL: the one in BIGQUERY_EMULATOR_HOST where somebody runs it already.

    `environment` is installed on first use, `data` is the folder that it keeps its tables in. Raise EmulatorMissing
    where there is no Python 3.13.
    """
    if given := os.environ.get("BIGQUERY_EMULATOR_HOST"):
        yield given if "://" in given else f"http://{given}"
        return
    python = installed(environment)
    port, grpc_port = free_ports(2)
    command = [str(python), "-P", "-B", str(_HERE / "serve_bigquery.py"), "--host", HOST, "--port", str(port)]
    place = ["--grpc-port", str(grpc_port), "--project", project_id, "--data-dir", str(data)]
    emulator = Emulator(
        name="bigquery",
        command=[*command, *place],
        port=port,
        log=log_folder / "bigquery-emulator.log",
        ready_path=f"/bigquery/v2/projects/{project_id}/datasets",
    )
    with running(emulator) as address:
        yield f"http://{address}"


def installed(environment: Path) -> Path:
    """Return the Python of the environment, made where it is not there or not of these requirements."""
    environment.mkdir(parents=True, exist_ok=True)
    python, ready = environment / "bin" / "python", environment / ".ready"
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    with (environment / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # test processes ask for it at the same time
        if not ready.is_file() or ready.read_text(encoding="utf-8") != wanted:
            _install(environment, python)
            ready.write_text(wanted, encoding="utf-8")
    return python


def _install(environment: Path, python: Path) -> None:
    _run([_python(), "-m", "venv", str(environment)])
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
    _run([*pip, "-r", str(REQUIREMENTS)])
    load = 'from duckdb_extensions import import_extension as load; load("ducklake"); load("spatial")'
    _run([str(python), "-c", load])


def _python() -> str:
    on_path = shutil.which("python3.13")
    of_pyenv = sorted(map(str, Path.home().glob(".pyenv/versions/3.13*/bin/python3.13")))
    for candidate in [*of_pyenv, *([on_path] if on_path else [])]:
        if _runs(candidate):  # a shim of pyenv may lie on PATH and not run
            return candidate
    raise EmulatorMissing(
        f"the BigQuery emulator needs Python 3.13, which is not on this machine: install it, run the image {IMAGE} "
        "(compose.yaml has it), or name one that runs in BIGQUERY_EMULATOR_HOST"
    )


def _runs(python: str) -> bool:
    try:
        return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0  # noqa: S603
    except OSError:
        return False


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=INSTALL_S)  # noqa: S603
    if done.returncode:
        raise SendtrailError(f"the BigQuery emulator could not be installed: {done.stderr.strip()}")
