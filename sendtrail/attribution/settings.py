"""The settings of attribution and their allowed values, as the view `attribution_parameters` reads them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sendtrail.errors import SettingsError

FLAG = ("true", "false")


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """A setting: a whole number within bounds, or a flag if it has no bounds."""

    description: str
    bounds: tuple[int, int] | None = None

    def accepts(self, value: str) -> bool:
        """Return whether a value is allowed."""
        if self.bounds is None:
            return value in FLAG
        lowest, highest = self.bounds
        return value.isascii() and value.isdigit() and value == str(int(value)) and lowest <= int(value) <= highest

    @property
    def kind(self) -> str:
        """Return the allowed values, in words."""
        return "true or false" if self.bounds is None else "a whole number from {} to {}".format(*self.bounds)


SETTINGS: Mapping[str, Setting] = {
    "lookback_days": Setting(description="how long before a conversion a touch may be", bounds=(1, 3650)),
    "include_opens": Setting(description="whether opens are touches as well"),
    "include_machine": Setting(description="whether what machines did counts"),
    "first_percent": Setting(description="the first touch's share under position_based", bounds=(1, 99)),
    "last_percent": Setting(description="the last touch's share under position_based", bounds=(1, 99)),
    "half_life_days": Setting(description="after how many days a touch counts half under time_decay", bounds=(1, 3650)),
}


def checked_settings(assignments: list[str]) -> dict[str, str]:
    """Return settings by name from texts like "lookback_days=60"; raise SettingsError with every problem."""
    chosen = dict(_assignment(text) for text in assignments)
    if problems := [problem for name, value in chosen.items() if (problem := _problem(name, value))]:
        raise SettingsError(problems)
    return chosen


def _assignment(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip().lower()


def _problem(name: str, value: str) -> str | None:
    if name not in SETTINGS:
        return f"there is no setting {name!r}; there are {', '.join(SETTINGS)}"
    setting = SETTINGS[name]
    return None if setting.accepts(value) else f"{name} ({setting.description}) takes {setting.kind}, not {value!r}"
