"""Who is told of trouble, and of what: the table [notifications] of `sendtrail.toml`, the addresses elsewhere."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from sendtrail.cli.notify.occasion import Occasion, Policy
from sendtrail.cli.settings.section_settings import SectionSettings
from sendtrail.errors import SettingsError


class NotificationSettings(SectionSettings):
    """The addresses, as apprise has them, or a file with one per line; on what occasions, and how often again."""

    model_config = SettingsConfigDict(env_prefix="SENDTRAIL_NOTIFY_")
    section: ClassVar[str] = "notifications"

    urls: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(), description="Whom to notify: addresses of apprise, with spaces between them."
    )
    urls_file: Path | None = Field(default=None, description="A file with such addresses, one per line.")
    on: Annotated[frozenset[Occasion], NoDecode] = Field(
        default=frozenset(Occasion), description="What to notify of, with commas between."
    )
    repeat_hours: float = Field(
        default=24.0, gt=0, le=8_760, description="After how many hours to notify of the same trouble again."
    )

    @field_validator("urls", mode="before")
    @classmethod
    def _separate_urls(cls, value: Any) -> Any:
        return value.split() if isinstance(value, str) else value

    @field_validator("on", mode="before")
    @classmethod
    def _separate(cls, value: Any) -> Any:
        return [each.strip() for each in value.split(",") if each.strip()] if isinstance(value, str) else value

    @property
    def policy(self) -> Policy:
        """Return when somebody is told."""
        return Policy(wanted=self.on, repeat_after=timedelta(hours=self.repeat_hours))

    def addresses(self) -> tuple[SecretStr, ...]:
        """Return all addresses; raise SettingsError where their file cannot be read."""
        if self.urls_file is None:
            return self.urls
        try:
            lines = self.urls_file.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not text"
            raise SettingsError([f"{self._named('urls_file')}: it cannot be read: {reason}"]) from None
        stripped = map(str.strip, lines)
        return (*self.urls, *(SecretStr(line) for line in stripped if line and not line.startswith("#")))
