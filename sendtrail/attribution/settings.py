"""The settings of attribution and their allowed values, as the views read them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sendtrail.attribution.setting_values import AddressParts, Day, Flag, Name, TimeZone, Values, WholeNumber
from sendtrail.errors import SettingsError

HONEYPOTS = "honeypot_links"


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """A setting: what it is about, and its values."""

    description: str
    values: Values


SETTINGS: Mapping[str, Setting] = {
    "lookback_days": Setting(description="how long before a conversion a touch may be", values=WholeNumber(1, 3650)),
    "include_opens": Setting(description="whether opens are touches as well", values=Flag()),
    "include_machine": Setting(description="whether what machines did counts", values=Flag()),
    "first_percent": Setting(description="the first touch's share under position_based", values=WholeNumber(1, 99)),
    "last_percent": Setting(description="the last touch's share under position_based", values=WholeNumber(1, 99)),
    "half_life_days": Setting(
        description="after how many days a touch counts half under time_decay", values=WholeNumber(1, 3650)
    ),
    "reporting_time_zone": Setting(description="in which days and months are counted", values=TimeZone()),
    HONEYPOTS: Setting(description="the links that no person sees", values=AddressParts()),
    "holdout_list": Setting(description="the list of who is held out", values=Name()),
    "holdout_tag": Setting(description="the tag of who is held out", values=Name()),
    "holdout_drawn_from": Setting(description="the list that they were drawn from", values=Name()),
    "holdout_from": Setting(description="their first day", values=Day()),
    "holdout_until": Setting(description="their last day", values=Day()),
}


def checked_settings(assignments: list[str]) -> dict[str, str]:
    """Return settings by name from texts like "lookback_days=60"; raise SettingsError with every problem."""
    written = dict(_assignment(text) for text in assignments)
    chosen = {name: _stored(name, value) for name, value in written.items()}
    if problems := [_problem(name, written[name]) for name, value in chosen.items() if value is None]:
        raise SettingsError(problems)
    return {name: value for name, value in chosen.items() if value is not None}


def _assignment(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip()


def _stored(name: str, value: str) -> str | None:
    return SETTINGS[name].values.stored(value) if name in SETTINGS else None


def _problem(name: str, value: str) -> str:
    if name not in SETTINGS:
        return f"there is no setting {name!r}; there are {', '.join(SETTINGS)}"
    setting = SETTINGS[name]
    return f"{name} ({setting.description}) takes {setting.values.words}, not {value!r}"
