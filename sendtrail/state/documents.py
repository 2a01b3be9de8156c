"""State documents: their paths, and how a value is written to one and read from it."""

import logging
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

from pydantic import ValidationError

from sendtrail.errors import BadDocument
from sendtrail.ports import Document, Transaction
from sendtrail.validation import adapter, problems

T = TypeVar("T")

logger = logging.getLogger(__name__)

_PLAIN = frozenset({str, int, float, bool, type(None), datetime})


def to_document(value: object) -> dict[str, Any]:
    """Return a dataclass as a mapping of JSON values and aware datetimes, which every state store accepts."""
    document: dict[str, Any] = _plain(adapter(type(value)).dump_python(value, mode="python", by_alias=True))
    return document


def from_document(kind: type[T], document: Document, *, path: str = "") -> T:
    """Read a dataclass from a document, whose other fields are ignored; raise BadDocument, naming each bad field.

    `path` is named where nothing is lost by deleting the document.
    """
    try:
        value: T = adapter(kind).validate_python(dict(document))
    except ValidationError as error:
        advice = f"; delete the document {path}, and it is written anew" if path else ""
        raise BadDocument(f"a {kind.__name__} document cannot be read: {'; '.join(problems(error))}{advice}") from None
    return value


def readable(kind: type[T], document: Document, *, path: str) -> T | None:
    """Return the value of a document, None where it cannot be read: then what it held starts anew, which is logged."""
    try:
        return from_document(kind, document)
    except BadDocument as error:
        logger.warning("%s starts anew: %s", path, error)
        return None


def read_known(transaction: Transaction, path: str, kind: type[T]) -> T | None:
    """Return the value at a path, None where there is none, or none that can be read: then it starts anew."""
    document = transaction.get(path)
    return None if document is None else readable(kind, document, path=path)


def account_path(organization_id: str) -> str:
    """Return the path of an account's status."""
    return f"sync_state/email_activities_{organization_id}"


def campaigns_path(organization_id: str) -> str:
    """Return the collection of an account's campaign checkpoints."""
    return f"{account_path(organization_id)}/campaigns"


def campaign_path(organization_id: str, campaign_id: int) -> str:
    """Return the path of a campaign's checkpoint."""
    return f"{campaigns_path(organization_id)}/{campaign_id}"


def wants_path(organization_id: str) -> str:
    """Return the path of what is still wanted of an account."""
    return f"{account_path(organization_id)}/wants/open"


def contacts_path(organization_id: str) -> str:
    """Return the path of the checkpoint of an account's contacts."""
    return f"sync_state/contacts_{organization_id}"


def budget_path(organization_id: str) -> str:
    """Return the path of an account's rate budget."""
    return f"rate_budgets/{organization_id}"


def full_lists_path(organization_id: str) -> str:
    """Return the path of what an account's lists were proven to say of their own length."""
    return f"sync_state/full_lists_{organization_id}"


def deleted_campaigns_path(organization_id: str) -> str:
    """Return the path of the campaigns that are known to be deleted in the account."""
    return f"sync_state/deleted_campaigns_{organization_id}"


def report_habits_path(organization_id: str) -> str:
    """Return the path of how an account was seen to show its reports."""
    return f"sync_state/report_habits_{organization_id}"


def subjects_path(organization_id: str) -> str:
    """Return the path of the campaigns of an account whose subject lines were read."""
    return f"sync_state/subject_lines_{organization_id}"


def run_path(run_id: str) -> str:
    """Return the path of a run of the dispatcher."""
    return f"runs/{run_id}"


def connection_path(organization_id: str) -> str:
    """Return the path of an account's connection."""
    return f"activecampaign_connections/{organization_id}"


def account_pause_path(organization_id: str) -> str:
    """Return the path of whether an account is paused."""
    return f"account_pauses/{organization_id}"


def account_failure_path(organization_id: str) -> str:
    """Return the path of the latest failure that concerned an account as a whole."""
    return f"account_failures/{organization_id}"


def identity_path(organization_id: str) -> str:
    """Return the path of the identity of an organization's account."""
    return f"account_identities/{organization_id}"


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN:  # most are, and asking what else they might be takes long
        return value
    if kind is dict or isinstance(value, Mapping):
        return {str(key): inner if type(inner) in _PLAIN else _plain(inner) for key, inner in value.items()}
    if kind is list or isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value.value if isinstance(value, Enum) else value
