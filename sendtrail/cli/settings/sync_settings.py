"""The settings of `sendtrail sync`: options, environment, `.env`, `sendtrail.toml`; every problem at once."""

import logging
from collections import ChainMap
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, PrivateAttr, SecretStr, TypeAdapter, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from sendtrail.cli.settings.file_accounts import asked_account, the_account
from sendtrail.cli.settings.settings_file import FILE, SettingsFile, read_settings_file
from sendtrail.cli.settings.sources import Layers, layers_of, nearest_values, warn_of_misspelt
from sendtrail.cli.settings.warehouse_settings import DEFAULT_DATABASE
from sendtrail.domain.connection import DEFAULT_REQUESTS_PER_SECOND, DEFAULT_TIME_ZONE, Connection, checked_api_url
from sendtrail.domain.deletion_guard import DEFAULT_MAX_DELETED_SHARE, MAX_GRACE_DAYS, DeletionGuard
from sendtrail.domain.messages import OrganizationId
from sendtrail.erasure.gone_contacts import GonePolicy
from sendtrail.errors import SettingsError
from sendtrail.local.private_files import make_private
from sendtrail.sync.overlap_settings import OverlapSettings
from sendtrail.sync.pairing.account_guard import ANYWHERE, ClaimedAccount, claimed_account
from sendtrail.validation import settings_error
from sendtrail.warehouse.place import DEFAULT_DATASET, DatasetId

logger = logging.getLogger(__name__)

ENV_FILE = Path(".env")
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
# What says the same in different ways: the nearest to the hand counts.
ALTERNATIVES = (("api_key", "api_key_file"), ("since", "lookback_days", "all"))


class LogFormat(StrEnum):
    """How a run writes what it logs."""

    TEXT = "text"
    JSON = "json"


class SyncSettings(OverlapSettings, BaseSettings):
    """What `sendtrail sync` was asked to do.

    `since` and `lookback_days` are None where they were not given: a campaign that was never synced is then read back
    by DEFAULT_LOOKBACK, any other from where its last sync left off. `contacts` is None for "once a day".
    """

    model_config = SettingsConfigDict(
        env_prefix="SENDTRAIL_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        validate_default=True,
        env_ignore_empty=True,
    )

    api_url: str | None = None
    api_key_file: Path | None = None
    api_key: SecretStr | None = None
    database: Path = DEFAULT_DATABASE
    organization: OrganizationId = "main"
    account_moved: bool = False
    pseudonym_key_file: Path | None = None
    dataset: DatasetId = DEFAULT_DATASET
    since: date | None = None
    lookback_days: Annotated[int, Field(gt=0, le=36_500)] | None = None
    all: bool = False
    force: bool = False
    drop_wants: bool = False
    campaign: Annotated[list[Annotated[int, Field(gt=0)]], NoDecode] = []
    contacts: bool | None = None
    max_deleted_share: Annotated[float, Field(ge=0, le=1)] = DEFAULT_MAX_DELETED_SHARE
    accept_deletions: bool = False
    erase_gone_after_days: Annotated[int, Field(ge=0, le=MAX_GRACE_DAYS)] | None = None
    requests_per_second: Annotated[float, Field(gt=0, le=1_000)] = DEFAULT_REQUESTS_PER_SECOND
    share_kept_free: Annotated[float, Field(ge=0, le=0.9)] = 0.0
    time_zone: ZoneInfo = ZoneInfo(DEFAULT_TIME_ZONE)
    time_budget_s: Annotated[float, Field(gt=0)] = 480.0
    wait: Annotated[float, Field(ge=0, le=86_400)] = 0.0
    concurrency: Annotated[int, Field(ge=1, le=64)] = 4
    log_format: LogFormat = LogFormat.TEXT
    json_summary: bool = False
    _key_from: str = PrivateAttr(default="")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        *_: PydanticBaseSettingsSource,
        **__: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what is given alone: `of_account` has looked into each source, and left out the keys of others."""
        return (init_settings,)

    @classmethod
    def read(cls, options: dict[str, Any], *, named: Callable[[str], str] | None = None) -> Self:
        """Return the settings of one account; raise SettingsError with every problem there is.

        Where `sendtrail.toml` has several accounts, one has to be named. `named` returns the name by which a user knows
        a setting, where it is not its option.
        """
        file = read_settings_file()
        return cls.of_account(options, file, account=the_account(file, asked=asked_account(cls, options)), named=named)

    @classmethod
    def of_account(
        cls,
        options: dict[str, Any],
        file: SettingsFile,
        *,
        account: str | None,
        named: Callable[[str], str] | None = None,
    ) -> Self:
        """Return the settings of an account of the file, or of the only one there is (None)."""
        layers = layers_of(cls, options, file, account=account)
        warn_of_misspelt(cls, file)
        _warn_of_a_foreign_address(layers)
        if layers.dotenv.get("api_key"):
            make_private(ENV_FILE)
        try:
            return cls(**nearest_values(cls, layers, ALTERNATIVES)).with_key_from(layers.key_from)
        except ValidationError as error:
            raise settings_error(error, named=named or layers.place_of) from None

    def with_key_from(self, place: str) -> Self:
        """Return these settings, which remember the setting that the key is from, as its user knows it."""
        self._key_from = place
        return self

    @field_validator("campaign", mode="before")
    @classmethod
    def _separate(cls, numbers: object) -> object:
        return [number.strip() for number in numbers.split(",")] if isinstance(numbers, str) else numbers

    @field_validator("api_url", mode="after")
    @classmethod
    def _check_url(cls, url: str | None) -> str:
        if url is None:
            raise ValueError(
                "give the API URL of your account (ActiveCampaign: Settings > Developer), or run sendtrail init, which "
                "asks for it and for the key"
            )
        return checked_api_url(url)

    @field_validator("api_key", mode="after")
    @classmethod
    def _check_key(cls, key: SecretStr | None, info: ValidationInfo) -> SecretStr:
        file = info.data.get("api_key_file")
        text = key.get_secret_value().strip() if key else _key_in(file) if file else ""
        if not text and "api_key_file" in info.data:
            raise ValueError("set it to the key of your account, or name a file that holds it with --api-key-file")
        if not (text.isascii() and text.isprintable() and " " not in text):
            raise ValueError("an API key is one line of letters and digits: this is something else")
        return SecretStr(text)

    @field_validator("time_zone", mode="before")
    @classmethod
    def _check_zone(cls, name: object) -> ZoneInfo:
        try:
            return name if isinstance(name, ZoneInfo) else ZoneInfo(str(name))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("there is no such time zone; a name looks like Europe/Berlin") from None

    @field_validator("all", mode="after")
    @classmethod
    def _check_reach(cls, everything: bool, info: ValidationInfo) -> bool:  # noqa: FBT001
        given = [info.data.get("since") is not None, info.data.get("lookback_days") is not None, everything]
        if sum(given) > 1:
            raise ValueError("choose one of --since, --lookback-days and --all")
        return everything

    @property
    def connection(self) -> Connection:
        """Return how the account is reached."""
        return Connection(
            organization_id=self.organization,
            api_url=self.api_url or "",
            api_key=self.api_key or SecretStr(""),
            time_zone=self.time_zone,
            requests_per_second=self.requests_per_second,
            share_kept_free=self.share_kept_free,
            key_from=self._key_from,
        )

    @property
    def claimed_account(self) -> ClaimedAccount:
        """Return the account that the connection leads to, which must be the one whose data the database holds."""
        advice = (
            f"name another --organization or --database than {self.organization} and {self.database}; or, if it is the "
            "same account at a new address, add --account-moved once"
        )
        claimed = replace(
            claimed_account(self.connection, advice=advice),
            advice_if_known="sync it with --organization {known}, or into another --database",
        )
        return replace(claimed, moved_from=ANYWHERE) if self.account_moved else claimed

    @property
    def deletion_guard(self) -> DeletionGuard:
        """Return how many contacts a pass may mark as deleted."""
        return DeletionGuard(max_deleted_share=self.max_deleted_share, accepted=self.accept_deletions)

    @property
    def gone_policy(self) -> GonePolicy | None:
        """Return who is erased because ActiveCampaign has them no more, None where nobody is."""
        days = self.erase_gone_after_days
        return None if days is None else GonePolicy(after=timedelta(days=days), guard=self.deletion_guard)

    @property
    def is_forced(self) -> bool:
        """Return whether what was read before is read again: of campaigns that are named, all of it was asked for."""
        return self.force or (self.all and bool(self.campaign))

    def read_since(self, now: datetime) -> datetime | None:
        """Return the time since which everything is wanted, None for "where the last sync left off"."""
        if self.all:
            return BEGINNING
        if self.since is not None:
            return datetime.combine(self.since, time.min, tzinfo=self.time_zone).astimezone(UTC)
        return None if self.lookback_days is None else now - timedelta(days=self.lookback_days)


def _key_in(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ValueError(f"the file named by --api-key-file cannot be read: {reason}") from None


def checked_database(path: str) -> Path:
    """Return the path of a database that exists; raise SettingsError with a sentence otherwise."""
    file = TypeAdapter(Path).validate_python(path)
    if not file.is_file():
        raise SettingsError([f"--database: there is no file {file}: run sendtrail sync first, or name another"])
    return file


def _warn_of_a_foreign_address(layers: Layers) -> None:
    """Say so where the key of the environment goes to an address that only a file of this folder names."""
    if "api_key" not in layers.environment or {"api_url"} & {*layers.options, *layers.environment}:
        return
    for name, layer in ((".env", layers.dotenv), (str(FILE), ChainMap(*map(dict, layers.file.layers(layers.account))))):
        if address := layer.get("api_url"):
            logger.warning(
                "the API key of the environment goes to %s, the address in the %s of this folder", address, name
            )
            return
