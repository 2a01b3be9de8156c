"""The erased list that belongs to a database goes with its backups, and of two the newer one counts."""

from pathlib import Path

from sendtrail.erasure.erased_people import ErasedPeople
from sendtrail.errors import SettingsError
from sendtrail.local.copies.new_file import ensure_free
from sendtrail.local.erasure.list_file import list_path, read_list, write_list

_OF_ANOTHER = "{one} and {other} are erased lists of two databases: put the right one there; nothing was changed"


def copy_list(database: Path, backup: Path) -> Path | None:
    """Copy the list of a database beside its backup; return where it is, None where nobody was erased."""
    people, target = read_list(list_path(database)), list_path(backup)
    if people is None:
        return None
    ensure_free(target)
    write_list(target, people)
    return target


def newer_list(backup: Path, database: Path) -> ErasedPeople | None:
    """Return the list that counts after a restore, None where nobody was erased.

    Raise SettingsError where the two lists are not of one database.
    """
    one, other = list_path(database), list_path(backup)
    here, there = read_list(one), read_list(other)
    if here is not None and there is not None and here.fingerprint != there.fingerprint:
        raise SettingsError([_OF_ANOTHER.format(one=one, other=other)])
    return max((each for each in (here, there) if each is not None), key=lambda each: each.revision, default=None)
