"""Where settings come from: options before the environment, that before `.env`; and names there that mean nothing."""

import logging
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource

logger = logging.getLogger(__name__)

PREFIX = "sendtrail_"
# So alike are names of which one is a misspelling of the other: campaigns and campaign, organisation and organization.
ALIKE = 0.85
# Settings of other commands and of the functions that look like others.
ELSEWHERE = frozenset({"new_organization", "project_id"})
OFF = frozenset({"", "false", "0", "no", "off", "n", "f"})


def with_nearest(
    kind: type[BaseSettings], given: Mapping[str, Any], alternatives: Iterable[tuple[str, ...]]
) -> dict[str, Any]:
    """Return the options with the alternatives of what the nearest source gives switched off in sources behind it.

    Of settings that say the same in different ways, such as a key and the file that holds it, the nearest to the hand
    counts.
    """
    found = dict(given)
    sources = [given, EnvSettingsSource(kind)(), DotEnvSettingsSource(kind)()]
    for names in alternatives:
        nearest = next((source for source in sources if any(_says(source, name) for name in names)), {})
        behind = {name for source in sources if source is not nearest for name in names if _says(source, name)}
        found.update({name: kind.model_fields[name].default for name in behind - nearest.keys()})
    return found


def _says(source: Mapping[str, Any], name: str) -> bool:
    """Return whether a source gives a setting, other than by switching it off."""
    return str(source.get(name, "")).lower() not in OFF


def warn_of_misspelt(kind: type[BaseSettings]) -> None:
    """Name each variable that looks like a setting and is none."""
    known = {name.lower() for name in kind.model_fields}
    for source in (EnvSettingsSource(kind), DotEnvSettingsSource(kind)):
        for name in source.env_vars:
            field = name.lower().removeprefix(PREFIX)
            if name.lower().startswith(PREFIX) and field not in known | ELSEWHERE:
                _warn(name, get_close_matches(field, known, n=1, cutoff=ALIKE))


def _warn(name: str, alike: list[str]) -> None:
    for field in alike:
        logger.warning(
            "%s is no setting, and changes nothing: is %s%s meant?", name.upper(), PREFIX.upper(), field.upper()
        )
