"""How often a sync starts by itself: what `sendtrail schedule` prints."""

from typing import Annotated, ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from sendtrail.cli.settings.section_settings import SectionSettings


class ScheduleSettings(SectionSettings):
    """The hours between two syncs, which divide a day."""

    model_config = SettingsConfigDict(env_prefix="SENDTRAIL_SCHEDULE_")
    section: ClassVar[str] = "schedule"

    every_hours: Annotated[int, Field(ge=1, le=24)] = 6
