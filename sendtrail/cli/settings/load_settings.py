"""The settings of `conversions load` and `users load`: options first, then the environment, then `.env`."""

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, ValidationInfo, field_validator
from pydantic_settings import NoDecode

from sendtrail.attribution.conversion_csv.fields import checked_currency
from sendtrail.attribution.conversion_csv.header import NAMES
from sendtrail.attribution.conversion_csv.reading import Reading
from sendtrail.attribution.conversion_csv.shop import plain_status
from sendtrail.attribution.conversion_csv.shops import SHOPS
from sendtrail.attribution.csv_file.amounts import DecimalMark
from sendtrail.attribution.csv_file.columns import checked_mapping
from sendtrail.attribution.csv_file.moments import DateFormat, Writing
from sendtrail.attribution.user_csv.user_file import NAMES as USER_NAMES
from sendtrail.attribution.user_csv.user_file import UserReading
from sendtrail.cli.settings.warehouse_settings import AccountSettings

# In a variable, several are separated by commas.
Texts = Annotated[tuple[str, ...], NoDecode]


def _checked_currency(text: str) -> str:
    try:
        return checked_currency(text)
    except ValueError as error:
        raise ValueError(str(error).replace("{}", repr(text))) from None


def _checked_format(text: str) -> str:
    try:
        return DateFormat(text).text
    except ValueError as error:
        raise ValueError(f"{error}") from None


class FileSettings(AccountSettings):
    """Where rows are stored, and how a CSV file of them is written."""

    encoding: str = "utf-8"
    time_zone: ZoneInfo | None = None
    date_format: Annotated[str, AfterValidator(_checked_format)] | None = None
    skip_bad: bool = False

    @field_validator("map", "status", mode="before", check_fields=False)
    @classmethod
    def _separate(cls, texts: Any) -> Any:
        return [text.strip() for text in texts.split(",")] if isinstance(texts, str) else texts

    @property
    def written_format(self) -> DateFormat | None:
        """Return how times are written, if not year first."""
        return DateFormat(self.date_format) if self.date_format else None


class LoadSettings(FileSettings):
    """Where conversions are stored and how their file is read."""

    shop: str | None = None
    currency: Annotated[str, AfterValidator(_checked_currency)] | None = None
    kind: str = "conversion"
    decimal: DecimalMark | None = None
    status: Texts = ()
    negative_values: Literal["refuse", "apart"] = "refuse"
    no_value: bool = False
    map: Texts = ()

    @field_validator("shop")
    @classmethod
    def _check_shop(cls, name: str | None) -> str | None:
        if name is not None and name.lower() not in SHOPS:
            raise ValueError(f"there is no export {name!r}; there are {', '.join(SHOPS)}")
        return name and name.lower()

    @field_validator("map")
    @classmethod
    def _check_mapping(cls, assignments: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        mapping = checked_mapping(assignments, _fields(info.data.get("shop")))
        if mapping.get("value") and info.data.get("no_value"):
            raise ValueError(
                f"the column {mapping['value']} is named for values, and --no-value says that there is none"
            )
        return assignments

    @property
    def mapping(self) -> dict[str, str]:
        """Return the columns that were named, by field; where there is no value, nothing is refunded either."""
        found = checked_mapping(self.map, _fields(self.shop))
        return found | {"value": "", "refunded": ""} if self.no_value else found

    @property
    def reading(self) -> Reading:
        """Return how the file is to be understood."""
        return Reading(
            encoding=self.encoding,
            shop=SHOPS[self.shop] if self.shop else None,
            mapping=self.mapping,
            statuses=frozenset(map(plain_status, self.status)),
            time_zone=self.time_zone,
            date_format=self.written_format,
            decimal=self.decimal,
            currency=self.currency or "",
            kind=self.kind,
            counted_apart=self.negative_values == "apart",
            skips_bad=self.skip_bad,
        )


class UserLoadSettings(FileSettings):
    """Where users are stored and how their file is read."""

    map: Texts = ()

    @field_validator("map")
    @classmethod
    def _check_mapping(cls, assignments: tuple[str, ...]) -> tuple[str, ...]:
        checked_mapping(assignments, tuple(USER_NAMES))
        return assignments

    @property
    def reading(self) -> UserReading:
        """Return how the file is to be understood."""
        return UserReading(
            encoding=self.encoding,
            writing=Writing(zone=self.time_zone, date_format=self.written_format),
            mapping=checked_mapping(self.map, tuple(USER_NAMES)),
            skips_bad=self.skip_bad,
        )


def _fields(shop: str | None) -> list[str]:
    """Return the fields that may be mapped: those of any file, and those of the shop's alone."""
    return list(dict.fromkeys([*NAMES, *(SHOPS[shop].titles if shop else ())]))
