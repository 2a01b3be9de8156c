"""Renew terraform/time_zones.txt, the names that an account's time zone can have: `python -m deploy.time_zones`."""

from importlib.resources import files
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "terraform" / "time_zones.txt"
# Of the database's own: no place's time.
NO_PLACES = {"Factory", "localtime", "posixrules"}


def main() -> None:
    """Write the names of the installed IANA database."""
    FILE.write_text("\n".join(time_zones()) + "\n", encoding="utf-8")


def time_zones() -> list[str]:
    """Return the names of the IANA database of the package tzdata, which is the same on every machine."""
    return sorted(set(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()) - NO_PLACES)


if __name__ == "__main__":
    main()
