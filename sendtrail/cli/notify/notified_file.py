"""Of which trouble somebody was told: a small file in the folder, which does not need the database to be free."""

import logging
from collections.abc import Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from sendtrail.cli.init.env_file import write_private
from sendtrail.cli.notify.occasion import Told
from sendtrail.errors import SettingsError

FILE = Path("sendtrail.notified.json")

logger = logging.getLogger(__name__)
_CONTENT: TypeAdapter[dict[str, Told]] = TypeAdapter(dict[str, Told])


def read_told() -> Mapping[str, Told]:
    """Return what was told, by account; nothing where the file is not there, or is not one of ours."""
    try:
        return _CONTENT.validate_json(FILE.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValidationError):
        logger.warning("%s cannot be read: who was told of trouble before is told again", FILE)
        return {}


def write_told(told: Mapping[str, Told]) -> None:
    """Write what was told; say so where that is not possible."""
    try:
        write_private(FILE, _CONTENT.dump_json({name: each for name, each in told.items() if each.at}).decode())
    except SettingsError as error:
        logger.warning("%s: the same notification comes with each sync", error)
