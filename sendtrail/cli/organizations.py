"""Whose rows a command writes: the file's only account, or the one that was named, if it is there."""

from collections.abc import Sequence

from sendtrail.cli.settings.warehouse_settings import AccountSettings
from sendtrail.errors import SettingsError
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse

DEFAULT_ORGANIZATION = "main"
# What a sync writes: an account that has no row of these was never synced.
_SYNCED = """
SELECT organization_id FROM {dataset}.campaigns
UNION SELECT organization_id FROM {dataset}.contacts
UNION SELECT organization_id FROM {dataset}.email_activities
ORDER BY organization_id
"""
_ANYWAY = "--new-organization stores the rows all the same"


def organization_in(warehouse: DuckDbWarehouse, settings: AccountSettings) -> str:
    """Return the account to write for; raise SettingsError where that is not clear, naming what is there."""
    found = [str(name) for (name,) in warehouse.query(_SYNCED.format(dataset=settings.dataset)).rows]
    return chosen_organization(found, asked=settings.organization, may_be_new=settings.new_organization)


def chosen_organization(found: Sequence[str], *, asked: str, may_be_new: bool) -> str:
    """Return the account that was asked for ("": none was named) of those that were synced into a file."""
    if asked in found or (asked and may_be_new):
        return asked
    if not asked and len(found) == 1:
        return found[0]
    if not found and may_be_new:
        return DEFAULT_ORGANIZATION
    raise SettingsError([f"--organization: {_problem(found, asked)}"])


def _problem(found: Sequence[str], asked: str) -> str:
    names = ", ".join(found)
    if not found:
        return f"no account was synced into this file yet: run sendtrail sync first; {_ANYWAY}"
    if not asked:
        return f"there are several accounts in this file: name one of {names}"
    return f"there is no account {asked} in this file: name one of {names}; {_ANYWAY}"
