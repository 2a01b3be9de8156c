"""What is planted: texts that occur once in a file, and what replaces them."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """In `module`, `before` becomes `after`."""

    module: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PlantedFault:
    """What is broken, and how: `edit` itself, and `beside` it what makes it good.

    A seed finds the fault only where it does not find what is planted beside it, when that is planted alone.
    """

    name: str
    edit: Edit
    beside: "PlantedFault | None" = None

    @property
    def edits(self) -> tuple[Edit, ...]:
        """Return the edits, with those beside it."""
        return (self.edit, *(self.beside.edits if self.beside else ()))

    def of(self, module: str) -> tuple[Edit, ...]:
        """Return the edits of a module."""
        return tuple(edit for edit in self.edits if edit.module == module)


def fault(name: str, module: str, before: str, after: str, *, beside: PlantedFault | None = None) -> PlantedFault:
    """Return the fault of a module of the package, which is named without it; `beside` is planted as well."""
    edit = Edit(module=f"sendtrail.{module}", before=before, after=after)
    return PlantedFault(name=name, edit=edit, beside=beside)


def with_edits(source: str, edits: Iterable[Edit]) -> str:
    """Return a source with edits; raise ValueError where a text to replace is not there once."""
    for edit in edits:
        if source.count(edit.before) != 1:
            raise ValueError(f"{edit.module}: the text to replace is not there once: {edit.before!r}")
        source = source.replace(edit.before, edit.after)
    return source
