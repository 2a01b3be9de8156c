"""The settings of attribution and their allowed values, as the view `attribution_parameters` reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import available_timezones

from sendtrail.errors import SettingsError

FLAG = ("true", "false")
TIME_ZONE = "reporting_time_zone"


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """A setting: a whole number within bounds, a time zone, or a flag if it is neither."""

    description: str
    bounds: tuple[int, int] | None = None
    is_time_zone: bool = False

    def accepts(self, value: str) -> bool:
        """Return whether a value is allowed."""
        if self.is_time_zone:
            return value in _time_zones().values()
        if self.bounds is None:
            return value in FLAG
        lowest, highest = self.bounds
        return value.isascii() and value.isdigit() and value == str(int(value)) and lowest <= int(value) <= highest

    @property
    def kind(self) -> str:
        """Return the allowed values, in words."""
        if self.is_time_zone:
            return "the name of a time zone, such as Europe/Berlin or UTC"
        return "true or false" if self.bounds is None else "a whole number from {} to {}".format(*self.bounds)


SETTINGS: Mapping[str, Setting] = {
    "lookback_days": Setting(description="how long before a conversion a touch may be", bounds=(1, 3650)),
    "include_opens": Setting(description="whether opens are touches as well"),
    "include_machine": Setting(description="whether what machines did counts"),
    "first_percent": Setting(description="the first touch's share under position_based", bounds=(1, 99)),
    "last_percent": Setting(description="the last touch's share under position_based", bounds=(1, 99)),
    "half_life_days": Setting(description="after how many days a touch counts half under time_decay", bounds=(1, 3650)),
    TIME_ZONE: Setting(description="in which days and months are counted", is_time_zone=True),
}


def checked_settings(assignments: list[str]) -> dict[str, str]:
    """Return settings by name from texts like "lookback_days=60"; raise SettingsError with every problem."""
    chosen = dict(_assignment(text) for text in assignments)
    if problems := [problem for name, value in chosen.items() if (problem := _problem(name, value))]:
        raise SettingsError(problems)
    return chosen


def _assignment(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    written = value.strip().lower()
    return name.strip(), _time_zones().get(written, written) if name.strip() == TIME_ZONE else written


def _problem(name: str, value: str) -> str | None:
    if name not in SETTINGS:
        return f"there is no setting {name!r}; there are {', '.join(SETTINGS)}"
    setting = SETTINGS[name]
    return None if setting.accepts(value) else f"{name} ({setting.description}) takes {setting.kind}, not {value!r}"


def _time_zones() -> Mapping[str, str]:
    """Return the names of the time zones as BigQuery and DuckDB spell them, each by its lower case."""
    return {name.lower(): name for name in available_timezones() if "/" in name or name == "UTC"}
