"""Ids and addresses: as they are, and refused where a spreadsheet has damaged them."""

import re
from urllib.parse import unquote

from sendtrail.attribution.csv_file.problems import BadCell

LONGEST = 256
_SCIENTIFIC = re.compile(r"[+-]?\d+([.,]\d+)?E[+-]\d+", re.IGNORECASE)
_SPREADSHEET_ERROR = re.compile(r"#(REF!|NAME\?|N/A|VALUE!|DIV/0!|NULL!|NUM!|####*)", re.IGNORECASE)
# Without a colon: "smtp:ann@shop.example" would be a person whom nobody else has.
_EMAIL = re.compile(r"[^@\s,;:<>]+@[^@\s,;:<>]+")
_LINK = re.compile(r"mailto:([^?]*)(\?.*)?", re.IGNORECASE)

MISSING = "there is none"
TOO_LONG = f"{{}} is longer than {LONGEST} characters"
SCIENTIFIC = "{} is what a spreadsheet made of a long number: format the column as text, and export again"
SPREADSHEET_ERROR = "{} is a spreadsheet's error: correct the cell, and export again"
NO_EMAIL = "{} is not an e-mail address: write nothing but the address, like ann@shop.example"


def identifier(text: str) -> str:
    """Return an id as it is, "" for none; raise BadCell for what cannot be one any more."""
    if len(text) > LONGEST:
        raise BadCell(TOO_LONG)
    if _SCIENTIFIC.fullmatch(text):
        raise BadCell(SCIENTIFIC)
    if _SPREADSHEET_ERROR.fullmatch(text):
        raise BadCell(SPREADSHEET_ERROR)
    return text


def required_identifier(text: str) -> str:
    """Return an id as it is; raise BadCell if there is none."""
    if not text:
        raise BadCell(MISSING)
    return identifier(text)


def email_address(text: str) -> str:
    """Return an e-mail address in lower case, "" for none; of a link that a spreadsheet made of it, the address."""
    link = _LINK.fullmatch(text)
    address = unquote(link[1]).strip() if link else text
    if text and not _EMAIL.fullmatch(address):
        raise BadCell(NO_EMAIL)
    return address.lower()
