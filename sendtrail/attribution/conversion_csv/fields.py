"""One row of a file of conversions: what each cell must contain, and what is wrong with it, in words."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from sendtrail.domain.conversion import Conversion
from sendtrail.errors import SettingsError

DECIMALS, DIGITS, LONGEST, FIRST_YEAR = 4, 14, 256, 1971
NEGATIVE = (
    "value: {value!r} is below zero: name the conversion that it refunds in a column refund_of,"
    " or have such values counted apart from what e-mails earned with --negative-values apart"
)
_NUMBER = re.compile(rf"[+-]?\d{{1,{DIGITS}}}(\.\d{{1,{DECIMALS}}})?")
_DIGITS_ONLY = re.compile(r"[+-]?\d+(\.\d+)?")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LAST_OF_DAY = time(23, 59, 59, 999_999)


@dataclass(frozen=True, kw_only=True, slots=True)
class Defaults:
    """The defaults for what a row leaves out; without a `time_zone`, times need their own.

    A negative value that names no conversion to refund is refused, unless such values are `counted_apart`.
    """

    time_zone: tzinfo | None
    currency: str
    kind: str
    counted_apart: bool = False


def _checked_id(text: str) -> str:
    if not text or len(text) > LONGEST:
        raise ValueError(f"{text[:40]!r} is longer than {LONGEST} characters" if text else "there is none")
    return text


def _checked_value(text: str) -> str:
    if not text or _NUMBER.fullmatch(text):
        return text
    if _DIGITS_ONLY.fullmatch(text):
        raise ValueError(f"{text!r} has more than {DIGITS} digits before the point or {DECIMALS} after it")
    if re.fullmatch(r"[+-]?[\d.]*,\d{1,2}", text):
        raise ValueError(f"{text!r} has a decimal comma: write it with a point, and nothing between thousands: 1234.50")
    raise ValueError(
        f"{text!r} is not a plain number: write it like 1234.50, without a currency or thousands separators"
    )


def _checked_email(text: str) -> str:
    if text and not re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        raise ValueError(f"{text!r} is not an e-mail address")
    return text.lower()


def checked_currency(text: str) -> str:
    """Return a currency's code in capitals, "" for none."""
    if text and not re.fullmatch(r"[A-Za-z]{3}", text):
        raise ValueError(f"{text!r} is not a currency: write its three letters, like EUR")
    return text.upper()


def _checked_time(text: str) -> str:
    if not text:
        raise ValueError("there is none")
    if not _ISO_DAY.match(text):
        raise ValueError(f"{text!r} is not a time: write it like 2025-03-30T14:05:00+02:00 or 2025-03-30 14:05:00")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is not an existing time, or is not written like 2025-03-30T14:05:00+02:00"
        ) from None
    if not FIRST_YEAR <= moment.year < date.max.year:
        raise ValueError(f"{text!r} cannot be the time of a conversion")
    return text


class Fields(BaseModel):
    """The cells of a row, "" for an empty one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    conversion_id: Annotated[str, AfterValidator(_checked_id)]
    user_id: Annotated[str, StringConstraints(max_length=LONGEST)] = ""
    email: Annotated[str, AfterValidator(_checked_email)] = ""
    converted_at: Annotated[str, AfterValidator(_checked_time)]
    value: Annotated[str, AfterValidator(_checked_value)] = ""
    currency: Annotated[str, AfterValidator(checked_currency)] = ""
    kind: Annotated[str, StringConstraints(max_length=LONGEST)] = ""
    refund_of: Annotated[str, StringConstraints(max_length=LONGEST)] = ""

    @model_validator(mode="after")
    def _has_an_owner(self) -> Self:
        if not self.user_id and not self.email:
            raise ValueError("the user is missing: give user_id, email or both")
        if self.refund_of == self.conversion_id:
            raise ValueError("refund_of: it cannot refund itself: name the conversion that it refunds")
        return self


def read_conversion(cells: dict[str, str], defaults: Defaults) -> Conversion:
    """Return the conversion of a row; raise SettingsError with a sentence for each invalid cell."""
    try:
        fields = Fields.model_validate(cells)
    except ValidationError as error:
        raise SettingsError([_sentence(problem) for problem in error.errors(include_url=False)]) from None
    value = Decimal(fields.value) if fields.value else None
    currency = fields.currency or defaults.currency
    if value is not None and not currency:
        raise SettingsError(["currency: a value needs one: fill the cell, or give one for all with --currency EUR"])
    if value is not None and value < 0 and not fields.refund_of and not defaults.counted_apart:
        raise SettingsError([NEGATIVE.format(value=fields.value)])
    return Conversion(
        conversion_id=fields.conversion_id,
        user_id=fields.user_id,
        email=fields.email,
        converted_at=_instant(fields.converted_at, defaults.time_zone),
        value=value,
        currency=currency if value is not None else "",
        kind=fields.kind or defaults.kind,
        refund_of=fields.refund_of,
    )


def _instant(text: str, zone: tzinfo | None) -> datetime:
    """Return a time in UTC; for a day without a time, its last moment, so that clicks on that day count."""
    if _ISO_DAY.fullmatch(text):
        moment = datetime.combine(date.fromisoformat(text), _LAST_OF_DAY)
    else:
        moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        if zone is None:
            raise SettingsError(
                [f"converted_at: {text!r} has no time zone: name the zone of such times with --time-zone Europe/Berlin"]
            )
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC)


def _sentence(problem: Any) -> str:
    field = ".".join(map(str, problem["loc"]))
    what = problem["msg"].removeprefix("Value error, ")
    return f"{field}: {what}" if field else what
