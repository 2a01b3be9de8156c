"""One row of a file of users: which user is which contact, and since when."""

import re
from collections.abc import Mapping
from datetime import datetime, time

from sendtrail.attribution.csv_file.cells import CheckedCells
from sendtrail.attribution.csv_file.identifiers import email_address, identifier, required_identifier
from sendtrail.attribution.csv_file.moments import Writing, instant
from sendtrail.attribution.csv_file.problems import BadCell, BadRow, Problem
from sendtrail.domain.user import User

NO_CONTACT = "the contact is missing: give contact_id, email or both"
NO_CONTACT_ID = "{} is no contact's id: ActiveCampaign's are whole numbers"


def read_user(row: Mapping[str, str], writing: Writing) -> User:
    """Return the claim of a row; raise BadRow with every problem."""
    cells = CheckedCells(row)
    user_id = cells.read("user_id", required_identifier)
    contact_id = cells.read("contact_id", _contact_id)
    email = cells.read("email", email_address)
    valid_from = cells.read("valid_from", lambda text: _since(text, writing))
    problems = [*cells.problems, *([] if cells["contact_id"] or cells["email"] else [Problem(kind=NO_CONTACT)])]
    if problems:
        raise BadRow(problems)
    return User(user_id=user_id or "", contact_id=contact_id or "", email=email or "", valid_from=valid_from)


def _since(text: str, writing: Writing) -> datetime | None:
    """Return since when something is the case: a day from its beginning."""
    return instant(text, writing, of_day=time.min) if text else None


def _contact_id(text: str) -> str:
    if text and not re.fullmatch(r"\d{1,19}", identifier(text)):
        raise BadCell(NO_CONTACT_ID)
    return text
