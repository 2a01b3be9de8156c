"""What is planted: a text that occurs once in a file, and what replaces it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class PlantedFault:
    """What is broken, and how: in `module`, `before` becomes `after`."""

    name: str
    module: str
    before: str
    after: str


def fault(name: str, module: str, before: str, after: str) -> PlantedFault:
    """Return the fault of a module of the package, which is named without it."""
    return PlantedFault(name=name, module=f"sendtrail.{module}", before=before, after=after)
