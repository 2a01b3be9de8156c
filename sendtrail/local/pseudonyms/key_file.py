"""The key of the pseudonyms in a file of its owner's: made by the first sync, and never replaced."""

import os
from collections.abc import Callable
from pathlib import Path

from sendtrail.erasure.erased_people import KEY_BYTES
from sendtrail.erasure.stored_people import parsed_key
from sendtrail.errors import SettingsError
from sendtrail.local.private_files import make_private, private_files
from sendtrail.pseudonyms.pseudonyms import Pseudonyms


def pseudonyms_in(path: Path) -> Pseudonyms:
    """Return the pseudonyms of the key in a file; raise SettingsError where it is missing, or is something else."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsError(
            [f"{path}, the key of the pseudonyms, is not there: restore it, as no other key fits the data"]
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path}, the key of the pseudonyms, cannot be read: {error}"]) from None
    make_private(path)
    return Pseudonyms(key=parsed_key(text, what=f"{path}, the key of the pseudonyms,"))


def new_pseudonyms(path: Path, random_bytes: Callable[[int], bytes] = os.urandom) -> Pseudonyms:
    """Return the pseudonyms of a key that is made now and written to a file that was not there."""
    key = random_bytes(KEY_BYTES)
    try:
        with private_files(), path.open("x", encoding="utf-8") as file:
            file.write(key.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        return pseudonyms_in(path)
    except OSError as error:
        raise SettingsError([f"{path}, the key of the pseudonyms, cannot be written: {error.strerror}"]) from None
    return Pseudonyms(key=key)
