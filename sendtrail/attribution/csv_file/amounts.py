"""Amounts of money: exact, and refused where a country's way of writing them would decide what they are."""

import re
import unicodedata
from decimal import Decimal
from typing import Literal

from sendtrail.attribution.csv_file.problems import BadCell

DECIMALS, DIGITS, CENT = 4, 14, Decimal("0.01")
DecimalMark = Literal["point", "comma"]
# ISO 4217: their amounts have three decimals, all others' have two or none.
THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
_SIGNS = {"€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₺": "TRY", "₴": "UAH", "₽": "RUB", "₪": "ILS", "৳": "BDT"}
_PLAIN = re.compile(rf"[+-]?[0-9]{{1,{DIGITS}}}(\.[0-9]{{1,{DECIMALS}}})?")
_DIGITS_ONLY = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_THREE_DECIMALS = re.compile(r"[+-]?[0-9]{1,3}\.[0-9]{3}")
_COMMA = re.compile(r"[+-]?[0-9.]*,[0-9]{1,2}")
_CODE, _AROUND_WORDS = re.compile(r"[A-Za-z]{3}"), " +-().,'\u00a0\u202f\u2019"
_LETTERS = re.compile(r"^[A-Za-z]{3}(?![A-Za-z])|(?<![A-Za-z])[A-Za-z]{3}$")
_GROUPS = {"point": r"[,' \u00a0\u202f\u2019]", "comma": r"[.' \u00a0\u202f\u2019]"}
_MARKS = {"point": r"\.", "comma": ","}

AMBIGUOUS = (
    "{} has three decimals, which its currency has not, so they may be thousands: say what separates the decimals in"
    " this file with --decimal point or --decimal comma"
)
COMMA = "{} has a decimal comma: say --decimal comma if all values in this file have one, or write 1234.50"
FORMATTED = (
    "{} is not a plain number like 1234.50: with --decimal point or --decimal comma, thousands separators and currency"
    " signs are understood"
)
WORD = (
    "{} has a word beside the number: leave the number alone in the cell, name its currency in a column or with"
    " --currency, and say --decimal comma or --decimal point if thousands are separated"
)
TOO_LONG = f"{{}} has more than {DIGITS} digits before the decimals or {DECIMALS} of them: round it"
NOT_GROUPED = "{} is not a number whose decimals are separated by a %s: write it like %s"
OTHER_CURRENCY = "{} is not in the currency of its row: correct the one or the other"
_EXAMPLES = {"point": "1,234.50", "comma": "1.234,50"}


def amount(text: str, *, currency: str, mark: DecimalMark | None) -> Decimal | None:
    """Return an amount, None for an empty cell; raise BadCell unless it can be read in one way only.

    Without a `mark`, it is a plain number with a point. With one, thousands may be separated, and signs of the
    currency are checked against the row's.
    """
    text = text.replace("\u2212", "-")
    if not text:
        return None
    if _has_word(text):
        raise BadCell(WORD)
    plain = text if mark is None else _plain(text, currency=currency, mark=mark)
    if not _PLAIN.fullmatch(plain):
        raise BadCell(_reason(plain))
    if mark is None and _THREE_DECIMALS.fullmatch(plain) and currency not in THREE_DECIMALS:
        raise BadCell(AMBIGUOUS)
    return Decimal(plain)


def with_cents(value: Decimal) -> Decimal:
    """Return an amount as it is stored, however it was written: with two decimals, or more if it needs them."""
    shortest = (value + 0).normalize()  # adding zero leaves no minus before a zero
    return shortest if shortest != round(shortest, 2) else shortest.quantize(CENT)


def is_zero(text: str) -> bool:
    """Return whether a cell is empty or some way of writing zero."""
    return not any(letter.isdigit() and letter != "0" for letter in text)


def _has_word(text: str) -> bool:
    """Return whether a word stands before or after the digits that is no code of a currency, as in "12 Ft"."""
    if not any(letter.isdigit() for letter in text):
        return False
    around = (re.split(r"\d", text, maxsplit=1)[0], re.split(r"\d", text)[-1])
    words = (each.strip(_AROUND_WORDS) for each in around)
    return any(any(map(str.isalpha, word)) and not _CODE.fullmatch(word) for word in words)


def _reason(text: str) -> str:
    if _DIGITS_ONLY.fullmatch(text):
        return TOO_LONG
    return COMMA if _COMMA.fullmatch(text) else FORMATTED


def _plain(text: str, *, currency: str, mark: DecimalMark) -> str:
    """Return an amount as a plain number, without separators and currency."""
    minus, text = _sign_apart(text)
    sign, number = _currency_apart(text)
    if sign and sign != currency:
        raise BadCell(OTHER_CURRENCY)
    group, decimal = _GROUPS[mark], _MARKS[mark]
    found = re.fullmatch(
        rf"([0-9]{{1,3}}(?:({group})[0-9]{{3}}(?:\2[0-9]{{3}})*)?|[0-9]+)(?:{decimal}([0-9]+))?", number
    )
    if not found:
        raise BadCell(NOT_GROUPED % (mark, _EXAMPLES[mark]))
    whole = re.sub(group, "", found[1])
    return f"{minus}{whole}.{found[3]}" if found[3] else f"{minus}{whole}"


def _sign_apart(text: str) -> tuple[str, str]:
    """Return the minus of an amount, which accountants write as brackets, and the rest."""
    if text.startswith("(") and text.endswith(")"):
        return "-", text[1:-1].strip()
    bare = text.replace("-", "", 1) if text[0] == "-" or text[-1] == "-" or re.match(r"\D{1,4}-", text) else text
    return ("-" if bare != text else ""), bare.removeprefix("+").strip()


def _currency_apart(text: str) -> tuple[str, str]:
    """Return the currency that an amount names ("": none, or a sign that several share), and the number."""
    if code := _LETTERS.search(text):
        return code[0].upper(), text.replace(code[0], "", 1).strip()
    signs = [letter for letter in (text[:1], text[-1:]) if letter and unicodedata.category(letter) == "Sc"]
    if not signs:
        return "", text
    return _SIGNS.get(signs[0], ""), text.replace(signs[0], "", 1).strip()
