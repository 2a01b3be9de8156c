"""The line of `.env` that holds a key, in a file that its owner alone can read."""

import os
import re
import stat
from pathlib import Path

from sendtrail.errors import SettingsError

FILE = Path(".env")
_OWNER_ONLY = stat.S_IRUSR | stat.S_IWUSR
# What every reader of such files takes as it is, without quotes.
_PLAIN = re.compile(r"[A-Za-z0-9_.~+/=-]+")


def line_of(variable: str) -> "re.Pattern[str]":
    """Return the pattern of the line that sets a variable, whose value it captures."""
    pattern = rf"^[ \t]*(?:export[ \t]+)?{re.escape(variable)}[ \t]*=[ \t]*(.*?)[ \t]*$"
    return re.compile(pattern, re.IGNORECASE | re.MULTILINE)


def value_in(text: str, variable: str) -> str | None:
    """Return what a file sets a variable to, None where it does not."""
    found = line_of(variable).findall(text)
    return str(found[-1]).strip("'\"") if found else None


def with_value(text: str, variable: str, value: str) -> str:
    """Return a file that sets a variable once, with all of its other lines as they were."""
    others = line_of(variable).sub("", text).rstrip("\n")
    return f"{others}\n{variable}={value}\n".lstrip("\n")


def ensure_plain(key: str) -> str:
    """Return a key that can stand in such a file; raise SettingsError for another one, which is not shown."""
    if not _PLAIN.fullmatch(key):
        raise SettingsError(
            ["an API key is one line of letters and digits: this is something else; or name a file with --api-key-file"]
        )
    return key


def read_text(path: Path) -> str:
    """Return what a file holds, "" where there is none; raise SettingsError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path} cannot be read as text: {getattr(error, 'strerror', None) or error}"]) from None


def write_private(path: Path, text: str) -> None:
    """Write a file, whole or not at all, that its owner alone can read; raise SettingsError where it cannot be."""
    target = path.resolve()
    begun = target.with_name(f"{target.name}.{os.getpid()}.new")
    try:
        begun.unlink(missing_ok=True)
        with os.fdopen(
            os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "w", encoding="utf-8"
        ) as file:
            file.write(text)
        begun.replace(target)
    except OSError as error:
        begun.unlink(missing_ok=True)
        raise SettingsError([f"{path} cannot be written: {error.strerror}"]) from None
