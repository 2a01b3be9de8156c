"""The accounts that a sync is asked for: the one there is, one of `sendtrail.toml`, or all of its accounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sendtrail.cli.settings.file_accounts import asked_account, chosen_accounts, ensure_said_of_one
from sendtrail.cli.settings.settings_file import SettingsFile, read_settings_file
from sendtrail.cli.settings.sync_settings import LogFormat, SyncSettings
from sendtrail.errors import SettingsError


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedAccounts:
    """The settings of each account by its name, in the order of the file, or why it has none that can be used."""

    each: Mapping[str, SyncSettings | SettingsError]

    @property
    def json_summary(self) -> bool:
        """Return whether what was done is printed as JSON; it is the same for all."""
        return self._readable[0].json_summary

    @property
    def log_format(self) -> LogFormat:
        """Return how warnings and errors are written; it is the same for all."""
        return self._readable[0].log_format

    @property
    def _readable(self) -> list[SyncSettings]:
        return [settings for settings in self.each.values() if isinstance(settings, SyncSettings)]


def asked_accounts(options: Mapping[str, Any]) -> AskedAccounts:
    """Return the accounts to sync; raise SettingsError where none of them has settings that can be used."""
    file = read_settings_file()
    names = chosen_accounts(file, asked=asked_account(SyncSettings, options))
    if len(names) > 1:
        ensure_said_of_one(SyncSettings, options, file)
    read = [_settings(options, file, name) for name in names]
    errors = [each for each in read if isinstance(each, SettingsError)]
    if len(errors) == len(read):
        raise SettingsError(list(dict.fromkeys(problem for error in errors for problem in error.problems)))
    return AskedAccounts(each={name or _name_of(each): each for name, each in zip(names, read, strict=True)})


def _settings(options: Mapping[str, Any], file: SettingsFile, account: str | None) -> SyncSettings | SettingsError:
    try:
        return SyncSettings.of_account(dict(options), file, account=account)
    except SettingsError as error:
        return SettingsError(error.problems)  # without its traceback, which would hold this frame


def _name_of(settings: SyncSettings | SettingsError) -> str:
    return settings.organization if isinstance(settings, SyncSettings) else ""
