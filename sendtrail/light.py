"""Values that are made for every row that is read: frozen for the type checker, cheap when the code runs."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def light_value(cls: type[T]) -> type[T]:
    """Make a keyword-only dataclass that mypy holds to be frozen, and Python does not.

    A frozen one sets each field by a call, and so takes two and a half times as long to make. Of a few thousand values
    that is nothing; of millions of rows it is a twelfth of all that is done with them.
    """
    return dataclass(kw_only=True, slots=True)(cls)
