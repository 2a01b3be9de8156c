"""`sendtrail schedule`: what to give the machine's scheduler."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated

import typer

from sendtrail.cli.schedule.installation import MONITOR, SYNC, Installation
from sendtrail.cli.schedule.texts import crontab, launchd, systemd
from sendtrail.cli.settings.notification_settings import NotificationSettings
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
        "systemctl --user enable --now {name}.timer && loginctl enable-linger. To stop: systemctl --user disable "
        "--now {name}.timer."
    ),
    Scheduler.LAUNCHD: (
        "Save this as ~/Library/LaunchAgents/{label}.plist, then run: launchctl bootstrap gui/$(id -u) "
        "~/Library/LaunchAgents/{label}.plist. To stop: launchctl bootout gui/$(id -u)/{label}."
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
    monitor: Annotated[
        bool,
        typer.Option(
            "--monitor",
            help="Print what starts `sendtrail status --max-age 26h --notify`, in place of what starts the sync: it "
            "notifies of accounts that no sync reads any more.",
            show_default=False,
        ),
    ] = False,
) -> None:
    """Print what a scheduler takes to sync from this folder by itself: a crontab line, a systemd timer, a launchd file.

    Nothing is installed: the text goes to standard output, what to do with it to standard error. The sync reads the
    `.env` and the `sendtrail.toml` of this folder and adds its dated output to sendtrail.log. A sync that still runs
    when the next one begins is left alone: the next one ends with exit code 75.
    """
    settings = ScheduleSettings.read({"every_hours": every_hours})
    job = MONITOR if monitor else SYNC
    typer.echo(TEXTS[scheduler](Installation.here(every_hours=settings.every_hours, job=job)), nl=False)
    typer.echo(STEPS[scheduler].format(name=job.name, label=job.label), err=True)
    if not monitor and _is_somebody_notified():
        typer.echo(
            f"So that you are notified, too, where no sync starts any more, add what sendtrail schedule {scheduler} "
            "--monitor prints.",
            err=True,
        )


def _is_somebody_notified() -> bool:
    settings = NotificationSettings.read()
    return bool(settings.urls or settings.urls_file)
