"""Accounts that are dispatched apart, so that their batches do not queue for one table at the same time. Pure."""

from collections.abc import Iterable
from zlib import crc32


def accounts_of_group(organization_ids: Iterable[str], *, group: int, groups: int) -> list[str]:
    """Return the accounts of one of some groups, which are numbered from 0 on.

    An account stays in its group whatever accounts come and go: in another one it would wait for up to two intervals.
    """
    return [each for each in organization_ids if crc32(each.encode()) % groups == group]
