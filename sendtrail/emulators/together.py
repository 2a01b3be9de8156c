"""The three emulators together."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sendtrail.emulators import gcloud
from sendtrail.emulators.bigquery import FOLDER, bigquery


@dataclass(frozen=True, kw_only=True, slots=True)
class Emulators:
    """Where each answers: host:port, but for BigQuery, which is a URL."""

    pubsub: str
    firestore: str
    bigquery: str

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that Google's clients know them by."""
        return {
            "PUBSUB_EMULATOR_HOST": self.pubsub,
            "FIRESTORE_EMULATOR_HOST": self.firestore,
            "BIGQUERY_EMULATOR_HOST": self.bigquery,
        }


@contextmanager
def emulators(project_id: str, *, folder: Path, repository: Path) -> Iterator[Emulators]:
    """Run all three, or use those that run already; raise EmulatorMissing where this machine does not have one."""
    started = {
        "pubsub": gcloud.pubsub(folder),
        "firestore": gcloud.firestore(folder),
        "bigquery": bigquery(project_id, environment=repository / FOLDER, data=folder / "bigquery", log_folder=folder),
    }
    with ExitStack() as stack, ThreadPoolExecutor(len(started)) as pool:
        starting = {name: pool.submit(stack.enter_context, emulator) for name, emulator in started.items()}
        yield Emulators(**{name: future.result() for name, future in starting.items()})
