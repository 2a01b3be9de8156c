"""Install the BigQuery emulator ahead of its first use: `python -m sendtrail.emulators FOLDER`."""

import sys
from pathlib import Path

from sendtrail.emulators.bigquery import installed
from sendtrail.emulators.processes import EmulatorMissing

if __name__ == "__main__":
    try:
        installed(Path(sys.argv[1]))
    except EmulatorMissing as missing:
        print(missing, file=sys.stderr)  # noqa: T201 - the tests that need it say so too
