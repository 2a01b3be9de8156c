"""Settings that have a table of their own in `sendtrail.toml`, such as [schedule] and [notifications]."""

from typing import Any, ClassVar, Self

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from sendtrail.cli.settings.settings_file import FILE, SettingsFile, read_settings_file
from sendtrail.cli.settings.sources import layers_of, nearest_values, warn_of_misspelt
from sendtrail.validation import settings_error


class SectionSettings(BaseSettings):
    """The settings of a `section`: options before the environment, that before `.env` and the file."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True)
    section: ClassVar[str]

    @classmethod
    def read(cls, options: dict[str, Any] | None = None) -> Self:
        """Return the settings; raise SettingsError with every problem there is."""
        file = read_settings_file()
        layers = layers_of(cls, options or {}, SettingsFile(shared=file.sections.get(cls.section, {})))
        warn_of_misspelt(cls, file)
        try:
            return cls(**nearest_values(cls, layers))
        except ValidationError as error:
            raise settings_error(error, named=cls._named) from None

    @classmethod
    def _named(cls, field: str) -> str:
        """Return the two places in which a setting is most often found."""
        variable = f"{cls.model_config.get('env_prefix', '')}{field}".upper()
        return f"{field} in [{cls.section}] of {FILE}, or {variable}"
