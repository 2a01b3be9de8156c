"""The extras that a command needs: what is not installed is named with the line that installs it."""

import re
from collections.abc import Iterator

from sendtrail.errors import SettingsError

PACKAGE = "sendtrail"
# As a wheel's metadata has it: `jinja2>=3.1; extra == 'report'`.
_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+).*;.*\bextra == ['\"](?P<extra>[a-z]+)['\"]")


def require(*extras: str) -> None:
    """Raise SettingsError with the line to type where a package of one of these extras is not installed."""
    missing = [extra for extra in extras if not all(map(_is_installed, _packages(extra)))]
    if missing:
        raise SettingsError([f"this needs more than is installed: pip install '{PACKAGE}[{','.join(missing)}]'"])


def _packages(extra: str) -> Iterator[str]:
    from importlib.metadata import requires  # noqa: PLC0415  (not for the help)

    for line in requires(PACKAGE) or ():
        if (match := _REQUIREMENT.match(line)) and match["extra"] == extra:
            yield match["name"]


def _is_installed(name: str) -> bool:
    from importlib.metadata import PackageNotFoundError, distribution  # noqa: PLC0415

    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True
