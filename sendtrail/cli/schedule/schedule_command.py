"""`sendtrail schedule`: what to give the machine's scheduler."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated

import typer

from sendtrail.cli.schedule.installation import Installation
from sendtrail.cli.schedule.texts import crontab, launchd, systemd
from sendtrail.cli.settings.schedule_settings import ScheduleSettings


class Scheduler(StrEnum):
    """Who starts the sync."""

    CRON = "cron"
    SYSTEMD = "systemd"
    LAUNCHD = "launchd"


TEXTS: Mapping[Scheduler, Callable[[Installation], str]] = {
    Scheduler.CRON: crontab,
    Scheduler.SYSTEMD: systemd,
    Scheduler.LAUNCHD: launchd,
}
STEPS = {
    Scheduler.CRON: "Add this line with crontab -e; take it out there to stop.",
    Scheduler.SYSTEMD: (
        "Save these two files under the names in their first lines, then run: systemctl --user daemon-reload && "
        "systemctl --user enable --now sendtrail.timer && loginctl enable-linger. To stop: systemctl --user disable "
        "--now sendtrail.timer."
    ),
    Scheduler.LAUNCHD: (
        "Save this as ~/Library/LaunchAgents/sendtrail.sync.plist, then run: launchctl bootstrap gui/$(id -u) "
        "~/Library/LaunchAgents/sendtrail.sync.plist. To stop: launchctl bootout gui/$(id -u)/sendtrail.sync."
    ),
}


def schedule(
    scheduler: Annotated[Scheduler, typer.Argument(help="Who is to start the sync.")] = Scheduler.CRON,
    *,
    every_hours: Annotated[
        int | None,
        typer.Option(
            "--every-hours",
            help="How often: a number of hours that divides a day. Default: every_hours in the table of sendtrail.toml "
            "named schedule, else 6.",
            min=1,
            max=24,
            show_default=False,
        ),
    ] = None,
) -> None:
    """Print what a scheduler takes to sync from this folder by itself: a crontab line, a systemd timer, a launchd file.

    Nothing is installed: the text goes to standard output, what to do with it to standard error. The sync reads the
    `.env` and the `sendtrail.toml` of this folder and adds its dated output to sendtrail.log. A sync that still runs
    when the next one begins is left alone: the next one ends with exit code 75.
    """
    settings = ScheduleSettings.read({"every_hours": every_hours})
    typer.echo(TEXTS[scheduler](Installation.here(every_hours=settings.every_hours)), nl=False)
    typer.echo(STEPS[scheduler], err=True)
