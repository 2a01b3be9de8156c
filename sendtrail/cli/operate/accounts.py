"""Which accounts a command is about, and how a command about one of them is typed."""

import shlex
from collections.abc import Sequence
from datetime import datetime, timedelta

from sendtrail.cli.settings.operator_settings import OperatorSettings
from sendtrail.cli.settings.warehouse_settings import DEFAULT_DATABASE, DEFAULT_INSTALLATION
from sendtrail.errors import SettingsError
from sendtrail.ports import State
from sendtrail.state.documents import account_failure_path, account_path, connection_path, identity_path, readable
from sendtrail.sync.runs.account_failure import AccountFailure
from sendtrail.warehouse.place import DEFAULT_DATASET

# An account that was never synced is one for so long after the last attempt: its name may have been mistyped.
TRIED_LATELY = timedelta(days=7)


def connected_accounts(state: State) -> list[str]:
    """Return the accounts that have a connection, those that are switched off included."""
    return sorted(name for name, _ in state.children(connection_path("").rstrip("/")))


def synced_accounts(state: State) -> list[str]:
    """Return the accounts of which something was synced, by what a sync stores of each."""
    collection, _, prefix = account_path("").rpartition("/")
    begun = {name.removeprefix(prefix) for name, _ in state.children(collection) if name.startswith(prefix)}
    identified = {name for name, _ in state.children(identity_path("").rstrip("/"))}
    return sorted(begun | identified)


def local_accounts(state: State) -> list[str]:
    """Return the accounts of which something was synced, or a sync failed in the last days: of a mistyped name, too."""
    failed, collection = set[str](), account_failure_path("").rstrip("/")
    for name, document in state.children(collection):
        failure = readable(AccountFailure, document, path=account_failure_path(name)) if document else None
        if failure is not None and failure.at is not None and failure.at > _now(state) - TRIED_LATELY:
            failed.add(name)
    return sorted(failed.union(synced_accounts(state)))


def _now(state: State) -> datetime:
    return state.transact(lambda transaction: (transaction.get(connection_path("-")), transaction.now))[1]


def chosen_accounts(known: Sequence[str], *, asked: str | None, every: bool, where: str) -> list[str]:
    """Return the accounts that were asked for; raise SettingsError, naming those there are, where that is not clear."""
    if not known:
        raise SettingsError([f"--organization: there is no account in {where} yet"])
    names = ", ".join(known)
    if every and asked is not None:
        raise SettingsError([f"--all: the account {asked} is named as well; leave out one of them"])
    if every:
        return list(known)
    if asked is None and len(known) > 1:
        raise SettingsError(
            [f"--organization: there are several accounts in {where}: name one of {names}, or add --all"]
        )
    if asked is not None and asked not in known:
        raise SettingsError([f"--organization: there is no account {asked} in {where}: name one of {names}"])
    return [asked or known[0]]


def typed(command: str, settings: OperatorSettings, *, organization: str) -> str:
    """Return a command about an account as a person types it, with the options that lead to the same place."""
    words = ["sendtrail", *shlex.split(command)]
    if settings.project:
        words += ["--project", settings.project]
        if settings.installation != DEFAULT_INSTALLATION:
            words += ["--installation", settings.installation]
    elif settings.database != DEFAULT_DATABASE:
        words += ["--database", str(settings.database)]
    if settings.dataset != DEFAULT_DATASET:
        words += ["--dataset", settings.dataset]
    return shlex.join([*words, "--organization", organization])
