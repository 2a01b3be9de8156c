"""What a crontab, systemd and launchd take, each with its own quoting."""

import plistlib
import shlex

from sendtrail.cli.schedule.installation import Installation
from sendtrail.plurals import counted


def crontab(at: Installation) -> str:
    """Return the line of a crontab: https://man7.org/linux/man-pages/man5/crontab.5.html."""
    hours = "*" if at.every_hours == 1 else f"*/{at.every_hours}" if len(at.hours) > 1 else "0"
    words = shlex.join([str(at.command), *at.job.words])
    command = f"cd {shlex.quote(str(at.folder))} && {words} >> sendtrail.log 2>&1"
    return f"{at.minute} {hours} * * * {command.replace('%', chr(92) + '%')}\n"


def systemd(at: Installation) -> str:
    """Return a service and its timer, one after the other, each under the name of its file.

    https://www.freedesktop.org/software/systemd/man/latest/systemd.syntax.html
    """
    hours = ",".join(f"{hour:02}" for hour in at.hours)
    return f"""# ~/.config/systemd/user/{at.job.name}.service
[Unit]
Description={at.job.description}

[Service]
Type=oneshot
WorkingDirectory={_specifier(str(at.folder))}
ExecStart={_quoted(str(at.command))} {" ".join(at.job.words)}
StandardOutput=append:{_specifier(str(at.log))}
StandardError=append:{_specifier(str(at.log))}

# ~/.config/systemd/user/{at.job.name}.timer
[Unit]
Description=Start {at.job.name}.service every {counted(at.every_hours, "hour")}

[Timer]
OnCalendar=*-*-* {hours}:{at.minute:02}:00
Persistent=true

[Install]
WantedBy=timers.target
"""


def launchd(at: Installation) -> str:
    """Return a property list for ~/Library/LaunchAgents: `man launchd.plist`."""
    return plistlib.dumps(
        {
            "Label": at.job.label,
            "ProgramArguments": [str(at.command), *at.job.words],
            "WorkingDirectory": str(at.folder),
            "StandardOutPath": str(at.log),
            "StandardErrorPath": str(at.log),
            "StartCalendarInterval": [{"Hour": hour, "Minute": at.minute} for hour in at.hours],
        }
    ).decode()


def _specifier(path: str) -> str:
    return path.replace("%", "%%")


def _quoted(path: str) -> str:
    """Return a path as one word of a command line, in which `$` begins a variable."""
    escaped = _specifier(path).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{escaped}"'
