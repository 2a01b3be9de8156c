"""The state file of earlier versions, a SQLite database beside the DuckDB file: read once, then never again."""

import logging
from collections.abc import Mapping
from pathlib import Path

from sendtrail.clock import Clock
from sendtrail.errors import SettingsError
from sendtrail.local.sqlite_state import SqliteState
from sendtrail.local.state.memory_state import decoded

logger = logging.getLogger(__name__)

SUFFIX = ".state"
RETIRED_ENDING = ".old"
# The document that ties a state to the dataset that it describes.
PAIRING = "local/warehouse"


def old_state_file(database: Path) -> Path:
    """Return where an earlier version kept the state of a database."""
    return database.with_name(database.name + SUFFIX)


class OldStateFile:
    """The documents of a state file; none where it is missing or cannot be read, which is logged."""

    def __init__(self, path: Path, *, clock: Clock) -> None:
        self.path = path
        self.documents: Mapping[str, str] = _documents(path, clock) if path.exists() else {}

    def belongs_to(self, identity: str) -> bool:
        """Return whether the state describes the dataset of this identity."""
        return identity_in(self.documents) == identity

    def retire(self) -> None:
        """Rename the file, so that no program of any version takes it for the current state."""
        if not self.path.exists():
            return
        retired = self.path.with_name(self.path.name + RETIRED_ENDING)
        try:
            self.path.replace(retired)
        except OSError as error:
            logger.warning("%s is not used any more and could not be renamed: %s", self.path, error.strerror)
        else:
            logger.warning("%s is named %s now: nothing reads it, and you can delete it", self.path, retired.name)


def identity_in(documents: Mapping[str, str]) -> str | None:
    """Return the identity of the dataset that documents describe; None where they do not say."""
    body = documents.get(PAIRING)
    return None if body is None else decoded(body).get("id")


def _documents(path: Path, clock: Clock) -> Mapping[str, str]:
    try:
        with SqliteState(path, clock=clock) as state:
            return state.documents()
    except SettingsError as error:
        logger.warning("%s cannot be used as the state of earlier syncs: %s", path, error)
        return {}
