"""Where settings come from, the nearest first: options, the environment, `.env`, `sendtrail.toml`."""

import logging
from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource

from sendtrail.cli.settings.option_names import option_name
from sendtrail.cli.settings.settings_file import SettingsFile, Values, key_variable

logger = logging.getLogger(__name__)

PREFIX = "sendtrail_"
# Beside a key of the environment or of `.env`: the variable that it is from.
KEY_VARIABLE = "the variable of the key"
# So alike are names of which one is a misspelling of the other: campaigns and campaign, organisation and organization.
ALIKE = 0.85
# Settings of other commands and of the functions that look like others.
ELSEWHERE = frozenset({"new_organization", "project_id"})
OFF = frozenset({"", "false", "0", "no", "off", "n", "f"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Layers:
    """What each source gives, by the names of the fields of some settings, and the account of the file it is about."""

    options: Values
    environment: Values
    dotenv: Values
    file: SettingsFile
    account: str | None = None

    @property
    def all(self) -> Sequence[Values]:
        """Return them, the nearest first."""
        return [self.options, self.environment, self.dotenv, *self.file.layers(self.account)]

    def place_of(self, name: str) -> str:
        """Return where a person finds what a setting is now, or is to be: in the file, else as an option."""
        if name == "api_key" and self.account is not None:
            return key_variable(self.account)
        nearest = next((layer for layer in self.all if name in layer), self.options)
        is_near = any(nearest is layer for layer in (self.options, self.environment, self.dotenv))
        return option_name(name) if is_near else self.file.place_of(name, self.account)

    @property
    def key_from(self) -> str:
        """Return the setting that the key is from, and whether `.env` has it; "" for a key that was typed."""
        sources = [layer for layer in self.all if _says(layer, "api_key") or _says(layer, "api_key_file")]
        if not sources:
            return ""
        if not _says(sources[0], "api_key"):
            return self.place_of("api_key_file")
        name = sources[0].get(KEY_VARIABLE, "")
        return f"{name} in .env" if name and sources[0] is self.dotenv else name


def layers_of(
    kind: type[BaseSettings], options: Mapping[str, Any], file: SettingsFile, *, account: str | None = None
) -> Layers:
    """Return what each source gives for some settings.

    An account of the file has its key in a variable of its own; one for all would send a key to other accounts.
    """
    return Layers(
        options={name: value for name, value in options.items() if value not in (None, [])},
        environment=_variables(EnvSettingsSource(kind), kind, file, account=account),
        dotenv=_variables(DotEnvSettingsSource(kind), kind, file, account=account),
        file=file,
        account=account,
    )


def nearest_values(
    kind: type[BaseSettings], layers: Layers, alternatives: Iterable[tuple[str, ...]] = ()
) -> dict[str, Any]:
    """Return what the nearest source says of each setting, for the fields of some settings.

    Of settings that say the same in different ways, such as a key and the file that holds it, those of the source that
    is nearest to the hand count, and the others are switched off.
    """
    fields, sources = kind.model_fields, layers.all
    found = {name: value for name, value in ChainMap(*map(dict, sources)).items() if name in fields}
    for names in alternatives:
        nearest = next((source for source in sources if any(_says(source, name) for name in names)), {})
        behind = {name for source in sources if source is not nearest for name in names if _says(source, name)}
        found.update({name: fields[name].default for name in behind - nearest.keys()})
    return found


def _variables(
    source: EnvSettingsSource, kind: type[BaseSettings], file: SettingsFile, *, account: str | None
) -> Values:
    found = {name: value for name, value in source().items() if name in kind.model_fields}
    if account is not None and "api_key" in kind.model_fields:
        if len(file.accounts) > 1:
            found.pop("api_key", None)
        if key := source.env_vars.get(key_variable(account).lower()):
            return found | {"api_key": key, KEY_VARIABLE: key_variable(account)}
    if "api_key" in found:
        found[KEY_VARIABLE] = option_name("api_key")
    return found


def _says(source: Mapping[str, Any], name: str) -> bool:
    """Return whether a source gives a setting, other than by switching it off."""
    return str(source.get(name, "")).lower() not in OFF


def warn_of_misspelt(kind: type[BaseSettings], file: SettingsFile) -> None:
    """Name each variable that looks like a setting and is none."""
    known, prefix = {name.lower() for name in kind.model_fields}, kind.model_config.get("env_prefix", PREFIX).lower()
    keys = {key_variable(account).lower() for account in file.accounts}
    for source in (EnvSettingsSource(kind), DotEnvSettingsSource(kind)):
        for name in source.env_vars:
            field = name.lower().removeprefix(prefix)
            if name.lower().startswith(prefix) and field not in known | ELSEWHERE and name.lower() not in keys:
                _warn(name, get_close_matches(field, known, n=1, cutoff=ALIKE), prefix=prefix)


def _warn(name: str, alike: list[str], *, prefix: str) -> None:
    for field in alike:
        logger.warning(
            "%s is no setting, and changes nothing: is %s%s meant?", name.upper(), prefix.upper(), field.upper()
        )
