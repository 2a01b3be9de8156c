"""The accounts to sync, one document per account: `activecampaign_connections/{organization_id}`."""

import logging
from collections.abc import Callable, Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic.alias_generators import to_camel

from sendtrail.domain.connection import (
    DEFAULT_REQUESTS_PER_SECOND,
    DEFAULT_TIME_ZONE,
    Connection,
    account_host,
    checked_api_url,
)
from sendtrail.errors import AccountDisabled, SettingsError
from sendtrail.ports import Document, State
from sendtrail.state.documents import connection_path

logger = logging.getLogger(__name__)

COLLECTION = connection_path("").rstrip("/")
REFERENCE = r"^projects/[^/]+/secrets/[^/]+(/versions/[^/]+)?$"


def _time_zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(name))
    except (LookupError, ValueError, OSError):
        raise ValueError("there is no such time zone; a name looks like Europe/Berlin") from None


def _host(url: str) -> str:
    """Return the host of an address, with or without a scheme."""
    return account_host(url if "://" in url else f"https://{url}") if url else ""


class _ConnectionDocument(BaseModel):
    """The document of a connection, as an operator writes it."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True, validate_default=True)

    enabled: bool = True
    api_url: Annotated[str, AfterValidator(checked_api_url)]
    time_zone: Annotated[ZoneInfo, BeforeValidator(_time_zone)] = Field(default=ZoneInfo(DEFAULT_TIME_ZONE))
    requests_per_second: Annotated[float, Field(gt=0, le=1_000)] = DEFAULT_REQUESTS_PER_SECOND
    share_kept_free: Annotated[float, Field(ge=0, le=0.9)] = 0.0
    moved_from: Annotated[str, AfterValidator(_host)] = ""
    api_key: SecretStr | None = None
    api_key_secret: Annotated[str, Field(pattern=REFERENCE)] | None = None

    @field_validator("api_key_secret", mode="after")
    @classmethod
    def _check_that_one_key_is_given(cls, secret: str | None, info: ValidationInfo) -> str | None:
        key = info.data.get("api_key")
        if "api_key" in info.data and bool(secret) == bool(key and key.get_secret_value()):
            raise ValueError("give one of them: apiKeySecret, the name of a secret in Secret Manager, or apiKey")
        return secret


class Connections:
    """The connections of a state store; `read_secret` returns the key whose secret a document names."""

    def __init__(self, state: State, *, read_secret: Callable[[str], SecretStr]) -> None:
        self._state, self._read_secret = state, read_secret

    def load(self, organization_id: str) -> Connection:
        """Return how an account is reached; raise SettingsError with all problems of its document.

        Raise AccountDisabled where it is switched off, whatever else its document says.
        """
        path, document = connection_path(organization_id), self.ensure(organization_id)
        if document.get("enabled", True) is False:
            raise AccountDisabled(f"{path}: the account is switched off (`enabled` is false)")
        stored = _validated(path, document)
        return Connection(
            organization_id=organization_id,
            api_url=stored.api_url,
            api_key=self._key(path, stored),
            time_zone=stored.time_zone,
            requests_per_second=stored.requests_per_second,
            share_kept_free=stored.share_kept_free,
            moved_from=stored.moved_from,
        )

    def ensure(self, organization_id: str) -> Document:
        """Return the document of an account; raise SettingsError where there is none."""
        path = connection_path(organization_id)
        document = self._state.transact(lambda transaction: transaction.get(path))
        if document is None:
            raise SettingsError([f"{path}: there is no such document"])
        return document

    def enabled(self) -> list[str]:
        """Return the accounts that are not switched off, those with invalid documents included."""
        documents = self._state.children(COLLECTION)
        return sorted(
            organization for organization, document in documents if document.get("enabled", True) is not False
        )

    def _key(self, path: str, stored: _ConnectionDocument) -> SecretStr:
        if stored.api_key_secret:
            return self._read_secret(stored.api_key_secret)
        logger.warning(
            "%s contains its API key in plain text: store it in Secret Manager and name that in apiKeySecret", path
        )
        return stored.api_key or SecretStr("")


def _validated(path: str, document: Document) -> _ConnectionDocument:
    try:
        return _ConnectionDocument.model_validate(dict(document))
    except ValidationError as error:
        raise SettingsError([_sentence(path, problem) for problem in error.errors(include_input=False)]) from None


def _sentence(path: str, problem: Mapping[str, Any]) -> str:
    return f"{path}: {to_camel(str(problem['loc'][0]))}: {problem['msg'].removeprefix('Value error, ')}"
