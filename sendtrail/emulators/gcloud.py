"""Google's own emulators of Pub/Sub and Firestore, found beside the `gcloud` on PATH."""

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sendtrail.emulators.processes import HOST, Emulator, EmulatorMissing, free_ports, running

ALTERNATIVE = "or run `docker compose up` with this repository's compose.yaml"


def pubsub(log_folder: Path) -> AbstractContextManager[str]:
    """Run Pub/Sub's emulator and yield its address: the one in PUBSUB_EMULATOR_HOST where one runs already.

    Raise EmulatorMissing where this machine does not have it.
    """
    return _running("pubsub", "pubsub-emulator/bin/cloud-pubsub-emulator", log_folder)


def firestore(log_folder: Path) -> AbstractContextManager[str]:
    """Run Firestore's emulator as pubsub does Pub/Sub's; the variable is FIRESTORE_EMULATOR_HOST."""
    return _running("firestore", "cloud-firestore-emulator/cloud_firestore_emulator", log_folder)


@contextmanager
def _running(name: str, path: str, log_folder: Path) -> Iterator[str]:
    if given := os.environ.get(f"{name.upper()}_EMULATOR_HOST"):
        yield given
        return
    (port,) = free_ports(1)
    command = [str(_starter(name, path)), f"--host={HOST}", f"--port={port}"]
    emulator = Emulator(name=name, command=command, port=port, log=log_folder / f"{name}-emulator.log")
    with running(emulator) as address:
        yield address


def _starter(name: str, path: str) -> Path:
    gcloud, java = shutil.which("gcloud"), shutil.which("java")
    component = path.partition("/")[0]
    if gcloud is None:
        raise EmulatorMissing(f"the {name} emulator comes with gcloud, which is not on PATH: install it, {ALTERNATIVE}")
    starter = Path(gcloud).resolve().parent.parent / "platform" / path
    if not starter.is_file():
        raise EmulatorMissing(
            f"gcloud has no {name} emulator: run `gcloud components install {component}`, {ALTERNATIVE}"
        )
    if java is None:
        raise EmulatorMissing(f"the {name} emulator needs Java, which is not on PATH: install it, {ALTERNATIVE}")
    return starter
