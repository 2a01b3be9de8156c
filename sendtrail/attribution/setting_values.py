"""What a setting may be set to: each kind of value, in words and as it is stored."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from zoneinfo import available_timezones

# Removes a setting that has no default.
NONE = "none"
SHORTEST_ADDRESS_PART = 6  # as the view honeypot_settings has it
_HOST = re.compile(r"[a-z0-9.-]+/?")


class Values(Protocol):
    """A kind of value."""

    @property
    def words(self) -> str:
        """Return the allowed values, in words."""
        ...

    def stored(self, text: str) -> str | None:
        """Return a value as it is stored, or None if it is not allowed."""
        ...


@dataclass(frozen=True, slots=True)
class WholeNumber:
    """A whole number within bounds."""

    lowest: int
    highest: int

    @property
    def words(self) -> str:
        """Return the bounds."""
        return f"a whole number from {self.lowest} to {self.highest}"

    def stored(self, text: str) -> str | None:
        """Return a number that is the same when it is written back."""
        is_whole = text.isascii() and text.isdigit() and text == str(int(text))
        return text if is_whole and self.lowest <= int(text) <= self.highest else None


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    words: str = "true or false"

    def stored(self, text: str) -> str | None:
        """Return it in lower case."""
        return text.lower() if text.lower() in {"true", "false"} else None


@dataclass(frozen=True, slots=True)
class TimeZone:
    """The name of a time zone."""

    words: str = "the name of a time zone, such as Europe/Berlin or UTC"

    def stored(self, text: str) -> str | None:
        """Return the name as BigQuery and DuckDB spell it."""
        return _time_zones().get(text.lower())


@dataclass(frozen=True, slots=True)
class AddressParts:
    """Parts of links' addresses, separated by commas."""

    words: str = (
        "what the addresses of those links have in them, such as shop.example/unseen: 6 letters at least and more than"
        " a host, several separated by commas; or none"
    )

    def stored(self, text: str) -> str | None:
        """Return the parts if each marks few links."""
        parts = [re.sub(r"^https?://(www\.)?", "", part.strip().lower()) for part in text.split(",")]
        if parts == [NONE]:
            return NONE
        return ",".join(parts) if all(map(_is_address_part, parts)) else None


@dataclass(frozen=True, slots=True)
class Name:
    """What something is called in the account."""

    words: str = "its name as ActiveCampaign spells it, or none"

    def stored(self, text: str) -> str | None:
        """Return the name as it is."""
        return NONE if text.lower() == NONE else text or None


@dataclass(frozen=True, slots=True)
class Day:
    """A day."""

    words: str = "a day, such as 2025-03-01, or none"

    def stored(self, text: str) -> str | None:
        """Return it with year, month and day."""
        if text.lower() == NONE:
            return NONE
        try:
            return date.fromisoformat(text).isoformat() if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
        except ValueError:
            return None


def _is_address_part(text: str) -> bool:
    return len(text) >= SHORTEST_ADDRESS_PART and not re.search(r"\s", text) and not _HOST.fullmatch(text)


def _time_zones() -> Mapping[str, str]:
    """Return the names of the time zones as BigQuery and DuckDB spell them, each by its lower case."""
    return {name.lower(): name for name in available_timezones() if "/" in name or name == "UTC"}
