"""The erased list of a database, with its key, in a file beside it: an older copy of the database does not undo it.

Whoever holds the database file may write it, so at most one process does.
"""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sendtrail.erasure.erased_people import KEY_BYTES, ErasedPeople
from sendtrail.errors import SettingsError, Unavailable
from sendtrail.local.private_files import make_private, private_files

ENDING = ".erased"
_VERSION = 1


def list_path(database: Path) -> Path:
    """Return the path of a database's erased list."""
    return database.with_name(database.name + ENDING)


def new_list(random_bytes: Callable[[int], bytes] = os.urandom) -> ErasedPeople:
    """Return an empty list with a key of its own."""
    return ErasedPeople(key=random_bytes(KEY_BYTES))


def read_list(path: Path) -> ErasedPeople | None:
    """Return the list, None where there is no file; raise SettingsError where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path}, the erased list, cannot be read ({error}): restore it from a copy"]) from None
    make_private(path)
    try:
        return _people(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SettingsError([f"{path} is not an erased list, or is damaged: restore it from a copy"]) from None


def write_list(path: Path, people: ErasedPeople) -> None:
    """Replace the list, so that a kill leaves the one or the other; raise Unavailable where it cannot be written."""
    document = {
        "version": _VERSION,
        "about": "Whom Sendtrail never stores again, as keyed hashes. Keep it with the database, and the newest one.",
        "key": people.key.hex(),
        "revision": people.revision,
        "tokens": sorted(people.tokens),
    }
    draft = path.with_name(path.name + ".new")
    try:
        with private_files(), draft.open("w", encoding="utf-8") as file:
            json.dump(document, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise Unavailable(
            f"{path}, the erased list, cannot be written ({error.strerror}): nobody was erased"
        ) from error


def _people(document: Mapping[str, Any]) -> ErasedPeople:
    key, tokens = bytes.fromhex(document["key"]), document["tokens"]
    if len(key) != KEY_BYTES or not all(isinstance(token, str) for token in tokens):
        raise ValueError
    return ErasedPeople(key=key, tokens=frozenset(tokens), revision=int(document["revision"]))
