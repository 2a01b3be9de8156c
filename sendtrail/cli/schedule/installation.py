"""Where this installation is: what a scheduler, which knows no folder and no PATH, has to be told."""

import shutil
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sendtrail.errors import SettingsError

HOURS_A_DAY = 24
MINUTES_AN_HOUR = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """What a scheduler starts: its name there, the words after the command, and how many minutes after the sync."""

    name: str
    label: str
    words: tuple[str, ...]
    description: str
    minutes_later: int = 0


SYNC = Job(
    name="sendtrail",
    label="sendtrail.sync",
    words=("sync",),
    description="Bring the e-mail activities of ActiveCampaign into the warehouse",
)
MONITOR = Job(
    name="sendtrail-status",
    label="sendtrail.status",
    words=("status", "--max-age", "26h", "--notify"),
    description="Notify of accounts whose last complete sync is too long ago",
    minutes_later=30,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Installation:
    """The command, and the folder in which it is run: its `.env` holds the settings.

    `minute` of the hour is the folder's own, so that not everybody asks ActiveCampaign at the full hour.
    """

    command: Path
    folder: Path
    every_hours: int
    job: Job = SYNC

    @classmethod
    def here(cls, *, every_hours: int, job: Job = SYNC) -> Self:
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
        return cls(command=Path(command).absolute(), folder=folder, every_hours=every_hours, job=job)

    @property
    def log(self) -> Path:
        """Return the file that the output is added to."""
        return self.folder / "sendtrail.log"

    @property
    def minute(self) -> int:
        """Return the minute of the hour at which the job starts."""
        return (zlib.crc32(str(self.folder).encode()) + self.job.minutes_later) % MINUTES_AN_HOUR

    @property
    def hours(self) -> range:
        """Return the hours of the day at which the job starts."""
        return range(0, HOURS_A_DAY, self.every_hours)
