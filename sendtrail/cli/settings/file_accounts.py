"""Which accounts of `sendtrail.toml` a command is about."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_settings import BaseSettings

from sendtrail.cli.settings.option_names import option_name
from sendtrail.cli.settings.settings_file import FILE, SettingsFile
from sendtrail.cli.settings.sources import layers_of
from sendtrail.errors import SettingsError

# What leads to one account or is about one: said once for several accounts, it would be wrong for all but one.
OF_ONE_ACCOUNT = ("api_url", "api_key_file", "account_moved", "campaign")


def asked_account(kind: type[BaseSettings], options: Mapping[str, Any]) -> str | None:
    """Return the account that an option, the environment or `.env` names."""
    layers = layers_of(kind, options, SettingsFile())
    return next((str(layer["organization"]) for layer in layers.all if layer.get("organization")), None)


def the_account(file: SettingsFile, *, asked: str | None) -> str | None:
    """Return the one account of the file that is meant, None where it has none; raise SettingsError if unclear."""
    found = chosen_accounts(file, asked=asked)
    if len(found) > 1:
        raise SettingsError([f"--account: there are several accounts in {FILE}: name one of {_listed(file)}"])
    return found[0]


def chosen_accounts(file: SettingsFile, *, asked: str | None) -> Sequence[str | None]:
    """Return the accounts of the file that are meant, all unless one is named; [None] where it has none."""
    if not file.accounts:
        return [None]
    if asked is None:
        return list(file.accounts)
    if asked not in file.accounts:
        raise SettingsError(
            [
                (
                    f"--account: there is no account {asked} in {FILE}: name one of {_listed(file)}, "
                    f"or add a table [accounts.{asked}]"
                )
            ]
        )
    return [asked]


def ensure_said_of_one(kind: type[BaseSettings], options: Mapping[str, Any], file: SettingsFile) -> None:
    """Raise SettingsError where something that is about one account is said of several."""
    layers = layers_of(kind, options, SettingsFile())
    said = [name for name in OF_ONE_ACCOUNT if any(name in layer for layer in layers.all)]
    if said:
        advice = f"{FILE} has several accounts: leave it out, or add --account with one of {_listed(file)}"
        raise SettingsError([f"{option_name(name)} (or SENDTRAIL_{name.upper()}): {advice}" for name in said])


def _listed(file: SettingsFile) -> str:
    return ", ".join(file.accounts)
