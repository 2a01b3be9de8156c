"""Where this installation is: what a scheduler, which knows no folder and no PATH, has to be told."""

import shutil
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sendtrail.errors import SettingsError

HOURS_A_DAY = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Installation:
    """The command, and the folder in which it is run: its `.env` holds the settings.

    `minute` of the hour is the folder's own, so that not everybody asks ActiveCampaign at the full hour.
    """

    command: Path
    folder: Path
    every_hours: int

    @classmethod
    def here(cls, *, every_hours: int) -> Self:
        """Return this installation, run in this folder; raise SettingsError where a scheduler could not start it."""
        command = shutil.which("sendtrail", path=str(Path(sys.executable).parent)) or shutil.which("sendtrail")
        if command is None:
            raise SettingsError(["there is no command sendtrail here: install it first, with pip or uv"])
        if HOURS_A_DAY % every_hours:
            raise SettingsError(["--every-hours: choose a number that divides a day: 1, 2, 3, 4, 6, 8, 12 or 24"])
        folder = Path.cwd()
        unusable = [path for path in (str(folder), command) if not path.isprintable()]
        if unusable:
            raise SettingsError([f"no scheduler can be told of {unusable[0]!r}: use a folder without such characters"])
        return cls(command=Path(command).absolute(), folder=folder, every_hours=every_hours)

    @property
    def log(self) -> Path:
        """Return the file that the output is added to."""
        return self.folder / "sendtrail.log"

    @property
    def minute(self) -> int:
        """Return the minute of the hour at which a sync starts."""
        return zlib.crc32(str(self.folder).encode()) % 60

    @property
    def hours(self) -> range:
        """Return the hours of the day at which a sync starts."""
        return range(0, HOURS_A_DAY, self.every_hours)
